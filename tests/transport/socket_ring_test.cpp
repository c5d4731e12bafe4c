#include "transport/socket_ring.hpp"

#include <sys/socket.h>
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

#include "tests/transport/broken_rings.hpp"
#include "tests/transport/socket_pair.hpp"

namespace innkeeper::transport {
namespace {

/// Two ends of one connection.
class line {
 public:
  ~line() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  line() = default;
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  int near() const { return ends_[0]; }
  void say(std::string_view text) const {
    REQUIRE(::write(ends_[1], text.data(), text.size()) > 0);
  }
  std::string heard() const {
    std::array<char, 64> bytes{};
    const auto size = ::read(ends_[1], bytes.data(), bytes.size());
    return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : "";
  }
  void hang_up() const { ::shutdown(ends_[1], SHUT_RDWR); }

 private:
  std::array<int, 2> ends_ = socket_pair();
};

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
  const line one;
  const line other;
  other.say("there");
  std::array<char, 16> space{};
  ring->add_write(one.near(), "here", 7);
  ring->add_read(other.near(), space, 1'000'000'000'000);
  CHECK(perform(*ring) == std::map<std::uint64_t, int>{{7, 4}, {1'000'000'000'000, 5}});
  CHECK(one.heard() == "here");
  CHECK(std::string_view(space.data(), 5) == "there");
  CHECK(perform(*ring).empty());
}

TEST_CASE("an operation that would have to wait, cannot be done, or meets the end says so") {
  const auto ring = open_ring();
  if (!ring) return;
  const line quiet;
  const line over;
  over.hang_up();
  std::array<char, 16> space{};
  ring->add_read(quiet.near(), space, 1);
  ring->add_read(over.near(), space, 2);
  ring->add_write(over.near(), "to nobody", 3);
  ring->add_read(-1, space, 4);
  CHECK(perform(*ring) ==
        std::map<std::uint64_t, int>{{1, -EAGAIN}, {2, 0}, {3, -EPIPE}, {4, -EBADF}});
}

TEST_CASE("a socket takes what it has place for, and nothing after that") {
  const auto ring = open_ring();
  if (!ring) return;
  const line slow;
  const std::string much(std::size_t{16} * 1024 * 1024, 'x');
  ring->add_write(slow.near(), much, 1);
  auto result = perform(*ring).at(1);
  CHECK(result > 0);
  CHECK(result < static_cast<int>(much.size()));
  ring->add_write(slow.near(), much, 1);
  CHECK(perform(*ring).at(1) == -EAGAIN);
}

TEST_CASE("a ring that is full is usable anew once all has been done, which is done in order") {
  const auto ring = open_ring();
  if (!ring) return;
  const line talk;
  for (const char round : {'a', 'b'}) {
    std::string text(operations_max, round);
    text.back() = '.';
    talk.say(text);
    std::string heard(text.size(), ' ');
    for (unsigned int i = 0; i < operations_max; ++i) {
      CHECK_FALSE(ring->is_full());
      ring->add_read(talk.near(), std::span(heard).subspan(i, 1), i);
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
  const line talk;
  talk.say("x");
  std::array<char, 16> space{};
  break_rings();
  ring->add_read(talk.near(), space, 1);
  ring->add_write(talk.near(), "y", 2);
  std::map<std::uint64_t, int> results;
  CHECK_FALSE(ring->perform_all([&](std::uint64_t tag, int result) { results[tag] = result; }));
  CHECK(results == std::map<std::uint64_t, int>{{1, -EAGAIN}, {2, -EAGAIN}});
  CHECK(::read(talk.near(), space.data(), space.size()) == 1);
}

}  // namespace innkeeper::transport
