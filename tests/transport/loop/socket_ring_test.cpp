#include "transport/loop/socket_ring.hpp"

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tests/transport/loop/broken_rings.hpp"
#include "tests/transport/socket/socket_fixture.hpp"

namespace innkeeper::transport {
namespace {

/// By their tags.
std::map<std::uint64_t, int> perform(socket_ring& ring) {
  std::map<std::uint64_t, int> results;
  CHECK(ring.perform_all([&](std::uint64_t tag, int result) { results[tag] = result; }));
  return results;
}

constexpr unsigned int operations_max = 16;

/// Null, with a word about it, where the kernel gives none: then there is nothing to test.
std::unique_ptr<socket_ring> open_ring() {
  auto ring = socket_ring::open(operations_max);
  if (!ring) WARN("this kernel has no io_uring to give");
  return ring;
}

}  // namespace

TEST_CASE("writes and reads of one call are each told of by its tag") {
  const auto ring = open_ring();
  if (!ring) return;
  socket_fixture one;
  socket_fixture other;
  other.write("there");
  std::array<char, 16> space{};
  ring->add_write(one.socket(), "here", 7);
  ring->add_read(other.socket(), space, 1'000'000'000'000);
  CHECK(perform(*ring) == std::map<std::uint64_t, int>{{7, 4}, {1'000'000'000'000, 5}});
  CHECK(one.heard() == "here");
  CHECK(std::string_view(space.data(), 5) == "there");
  CHECK(perform(*ring).empty());
}

TEST_CASE("an operation that would have to wait, cannot be done, or meets the end says so") {
  const auto ring = open_ring();
  if (!ring) return;
  socket_fixture quiet;
  socket_fixture over;
  over.hang_up();
  std::array<char, 16> space{};
  ring->add_read(quiet.socket(), space, 1);
  ring->add_read(over.socket(), space, 2);
  ring->add_write(over.socket(), "to nobody", 3);
  ring->add_read(-1, space, 4);
  CHECK(perform(*ring) ==
        std::map<std::uint64_t, int>{{1, -EAGAIN}, {2, 0}, {3, -EPIPE}, {4, -EBADF}});
}

TEST_CASE("a socket takes what it has place for, and nothing after that") {
  const auto ring = open_ring();
  if (!ring) return;
  socket_fixture slow;
  const std::string much(std::size_t{16} * 1024 * 1024, 'x');
  ring->add_write(slow.socket(), much, 1);
  auto result = perform(*ring).at(1);
  CHECK(result > 0);
  CHECK(result < static_cast<int>(much.size()));
  ring->add_write(slow.socket(), much, 1);
  CHECK(perform(*ring).at(1) == -EAGAIN);
}

TEST_CASE("a ring that is full is usable anew once all has been done, which is done in order") {
  const auto ring = open_ring();
  if (!ring) return;
  socket_fixture talk;
  for (const char round : {'a', 'b'}) {
    std::string text(operations_max, round);
    text.back() = '.';
    talk.write(text);
    std::string heard(text.size(), ' ');
    for (unsigned int i = 0; i < operations_max; ++i) {
      CHECK_FALSE(ring->is_full());
      ring->add_read(talk.socket(), std::span(heard).subspan(i, 1), i);
    }
    CHECK(ring->is_full());
    CHECK(perform(*ring).size() == operations_max);
    CHECK(heard == text);
    CHECK_FALSE(ring->is_full());
  }
}

TEST_CASE("a ring that the kernel has stopped working for says so, and that nothing was done") {
  const auto ring = open_ring();
  if (!ring) return;
  socket_fixture talk;
  talk.write("x");
  std::array<char, 16> space{};
  break_rings();
  ring->add_read(talk.socket(), space, 1);
  ring->add_write(talk.socket(), "y", 2);
  std::map<std::uint64_t, int> results;
  CHECK_FALSE(ring->perform_all([&](std::uint64_t tag, int result) { results[tag] = result; }));
  CHECK(results == std::map<std::uint64_t, int>{{1, -EAGAIN}, {2, -EAGAIN}});
  CHECK(::read(talk.socket(), space.data(), space.size()) == 1);
}

}  // namespace innkeeper::transport
