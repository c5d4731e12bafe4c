#include "transport/loop/read_poll.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/transport/loop/broken_rings.hpp"
#include "tests/transport/socket/socket_fixture.hpp"

namespace innkeeper::transport {
namespace {

struct counting_reader final : read_poll::reader {
  bool readable() override {
    ++told;
    if (then) then();
    return leaves_some;
  }

  void poll_ends() override { ended = true; }
  void prefetch_its_own() const override { ++fetched_own; }

  int told = 0;
  mutable int fetched_own = 0;
  bool ended = false;
  bool leaves_some = false;
  std::function<void()> then;
};

struct fixture {
  std::shared_ptr<counting_reader> reader_of(const socket_fixture& from) {
    auto made = std::make_shared<counting_reader>();
    REQUIRE(poll.add(from.socket(), made));
    return made;
  }

  boost::asio::io_context io;
  int told_in_turn = 0;
  int told_max = 1'000'000;
  read_poll poll{io, [this] { return told_in_turn++ >= told_max; }};
};

/// Takes what has been read for it.
struct taking_reader final : read_poll::reader {
  bool readable() override {
    ++told;
    return false;
  }
  bool wants_bytes() override { return willing; }
  void take(std::span<char> bytes) override {
    taken.emplace_back(bytes.data(), bytes.size());
    if (then) then();
  }
  void poll_ends() override {}

  bool willing = true;
  int told = 0;
  std::vector<std::string> taken;
  std::function<void()> then;
};

/// Sockets whose readers take bytes, by a kernel that can read for them together.
struct crowd : fixture {
  explicit crowd(std::size_t size) : lines(size) {
    for (const auto& each : lines) {
      readers.push_back(std::make_shared<taking_reader>());
      REQUIRE(poll.add(each.socket(), readers.back()));
    }
    auto batch = read_batch::open();
    reads_together = batch != nullptr;
    if (!reads_together) WARN("this kernel has no io_uring to give");
    poll.read_together_by(std::move(batch));
  }

  static std::string words_of(std::size_t who) { return "I am " + std::to_string(who); }

  /// Each its own words, from this one on.
  void speak(std::size_t first = 0) {
    for (auto i = first; i < lines.size(); ++i) lines[i].write(words_of(i));
  }
  /// How many have been told that they may read.
  std::ptrdiff_t told() const {
    return std::ranges::count_if(readers, [](const auto& each) { return each->told > 0; });
  }
  /// How many have taken just their own words.
  std::size_t heard() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < readers.size(); ++i) {
      if (readers[i]->taken == std::vector{words_of(i)}) ++count;
    }
    return count;
  }

  std::vector<socket_fixture> lines;
  std::vector<std::shared_ptr<taking_reader>> readers;
  bool reads_together = false;
};

}  // namespace

TEST_CASE("a reader that leaves bytes unread is told again and again, and not before") {
  fixture all;
  socket_fixture talk;
  const auto reader = all.reader_of(talk);
  reader->leaves_some = true;
  all.io.poll();
  CHECK(reader->told == 0);
  talk.write("x");
  all.io.poll_one();
  CHECK(reader->told == 1);
  all.io.poll_one();
  CHECK(reader->told == 2);
  std::array<char, 8> bytes{};
  REQUIRE(::read(talk.socket(), bytes.data(), bytes.size()) == 1);
  all.io.poll();
  CHECK(reader->told == 2);
}

TEST_CASE(
    "a reader that has read all is told once for what comes together, and of what comes next") {
  fixture all;
  socket_fixture talk;
  const auto reader = all.reader_of(talk);
  talk.write("x");
  talk.write("y");
  all.io.poll();
  CHECK(reader->told == 1);
  talk.write("z");
  all.io.poll();
  CHECK(reader->told == 2);
}

TEST_CASE("a reader is told that its peer has gone, behind what that has said, until it goes too") {
  fixture all;
  socket_fixture talk;
  const auto reader = all.reader_of(talk);
  talk.write("x");
  talk.hang_up();
  all.io.poll_one();
  all.io.poll_one();
  CHECK(reader->told == 2);
  reader->then = [&] { all.poll.remove(talk.socket()); };
  all.io.poll();
  CHECK(reader->told == 3);
}

/// Held by nobody but the poll.
struct leaving_reader final : read_poll::reader {
  leaving_reader(read_poll& from, int by, int& sum) : poll(from), socket(by), told(sum) {}

  bool readable() override {
    poll.remove(socket);
    ++told;  // AddressSanitizer would see if this were gone
    return true;
  }
  void poll_ends() override {}

  read_poll& poll;
  int socket;
  int& told;
};

TEST_CASE("a reader that takes itself out lives until it has been told") {
  fixture all;
  socket_fixture talk;
  int told = 0;
  for (int round = 1; round <= 2; ++round) {
    auto reader = std::make_shared<leaving_reader>(all.poll, talk.socket(), told);
    const std::weak_ptr<leaving_reader> its = reader;
    REQUIRE(all.poll.add(talk.socket(), std::move(reader)));
    CHECK_FALSE(its.expired());
    if (round == 1) talk.write("x");
    all.io.poll();
    CHECK(told == round);
    CHECK(its.expired());
  }
}

TEST_CASE("a reader that comes is told of what had come before") {
  fixture all;
  socket_fixture talk;
  talk.write("x");
  const auto reader = all.reader_of(talk);
  all.io.poll();
  CHECK(reader->told == 1);
  all.poll.remove(talk.socket());
  const auto next = all.reader_of(talk);
  all.io.poll();
  CHECK(next->told == 1);
}

TEST_CASE("a reader that was taken out is not told, not even of what had come before") {
  fixture all;
  socket_fixture first;
  socket_fixture second;
  const auto one = all.reader_of(first);
  const auto other = all.reader_of(second);
  one->then = [&] { all.poll.remove(second.socket()); };
  other->then = [&] { all.poll.remove(first.socket()); };
  first.write("x");
  second.write("x");
  all.io.poll_one();
  CHECK(one->told + other->told == 1);
}

TEST_CASE("what a reader needs is fetched two ahead of it, if it is still there") {
  fixture all;
  std::array<socket_fixture, 5> lines;
  std::array<std::shared_ptr<counting_reader>, 5> readers;
  for (std::size_t i = 0; i < lines.size(); ++i) readers.at(i) = all.reader_of(lines.at(i));
  readers[0]->then = [&] { all.poll.remove(lines[3].socket()); };
  for (auto& each : lines) each.write("x");
  all.io.poll();
  std::array<int, 5> fetched{};
  std::ranges::transform(readers, fetched.begin(), [](auto& each) { return each->fetched_own; });
  CHECK(fetched == std::array{0, 0, 1, 0, 1});  // nobody is before the first two
  CHECK(readers[4]->told == 1);
}

TEST_CASE("eight who want bytes are given what has come, and fewer read it themselves") {
  crowd all(8);
  if (!all.reads_together) return;
  all.speak();
  all.io.poll();
  CHECK(all.heard() == 8);
  all.speak(1);
  all.io.poll();
  CHECK(all.heard() == 8);
  CHECK(all.told() == 7);
}

TEST_CASE("a poll that has no batch reads for nobody") {
  crowd all(8);
  all.poll.read_together_by(nullptr);
  all.speak();
  all.io.poll();
  CHECK(all.told() == 8);
}

TEST_CASE("once the kernel does not read for them any more, all read themselves") {
  crowd all(read_batch::sockets_max + read_batch::sockets_min);
  break_rings();
  all.speak();
  all.io.poll();
  CHECK(all.told() == static_cast<std::ptrdiff_t>(all.readers.size()));
  CHECK(all.heard() == 0);
}

TEST_CASE("more than go into a batch are read for by several, and a rest by itself") {
  crowd all(2 * read_batch::sockets_max + read_batch::sockets_min - 1);
  if (!all.reads_together) return;
  all.speak();
  all.io.poll();
  CHECK(all.heard() == 2 * read_batch::sockets_max);
  CHECK(all.told() == read_batch::sockets_min - 1);
}

TEST_CASE("who wants none reads itself among others that do") {
  crowd all(10);
  if (!all.reads_together) return;
  all.readers[3]->willing = false;
  all.speak();
  all.io.poll();
  CHECK(all.heard() == 9);
  CHECK(all.readers[3]->told == 1);
  CHECK(all.told() == 1);
}

TEST_CASE("where fewer than eight want bytes all read themselves") {
  crowd all(10);
  for (const std::size_t i : {0, 4, 9}) all.readers[i]->willing = false;
  all.speak();
  all.io.poll();
  CHECK(all.told() == 10);
}

TEST_CASE("who has been given as much as goes into a batch is told again of what there is more") {
  crowd all(8);
  if (!all.reads_together) return;
  const auto size = read_batch::bytes_max + GENERATE(-1, 0, 1);
  for (std::size_t i = 0; i < 8; ++i)
    all.lines[i].write(std::string(size, static_cast<char>('a' + i)));
  all.io.poll();
  for (std::size_t i = 0; i < 8; ++i) {
    const std::string said(size, static_cast<char>('a' + i));
    std::vector<std::string> parts = {said.substr(0, read_batch::bytes_max)};
    if (size > read_batch::bytes_max) parts.push_back(said.substr(read_batch::bytes_max));
    CHECK(all.readers[i]->taken == parts);
  }
}

TEST_CASE("where a peer has gone its reader is given what it had said, and told to look") {
  crowd all(8);
  if (!all.reads_together) return;
  all.speak();
  for (auto& each : all.lines) each.hang_up();
  all.io.poll_one();
  CHECK(all.heard() == 8);
  CHECK(all.told() == 0);
  all.io.poll_one();
  CHECK(all.told() == 8);
}

TEST_CASE("what was read for a reader that another takes out is nobody's, though it comes again") {
  crowd all(8);
  if (!all.reads_together) return;
  const auto newcomer = std::make_shared<taking_reader>();
  all.readers[0]->then = [&] {
    all.poll.remove(all.lines[5].socket());
    REQUIRE(all.poll.add(all.lines[5].socket(), newcomer));
  };
  all.speak();
  all.io.poll();
  CHECK(all.readers[5]->taken.empty());
  CHECK(newcomer->taken.empty());
  CHECK(all.heard() == 7);
}

TEST_CASE("a batch is told to its end once enough has been read, and the next one waits") {
  crowd all(read_batch::sockets_max + read_batch::sockets_min);
  if (!all.reads_together) return;
  all.told_max = 1;
  all.speak();
  all.io.poll_one();
  CHECK(all.heard() == read_batch::sockets_max);
  all.told_in_turn = 0;
  all.io.poll();
  CHECK(all.heard() == all.readers.size());
}

TEST_CASE("a reader lives as long as it is in the poll") {
  fixture all;
  socket_fixture talk;
  const std::weak_ptr<counting_reader> reader = all.reader_of(talk);
  CHECK_FALSE(reader.expired());
  all.poll.remove(talk.socket());
  CHECK(reader.expired());
}

TEST_CASE("when the poll ends, all that are in it are told so and let go of") {
  fixture all;
  socket_fixture talk;
  auto reader = all.reader_of(talk);
  const std::weak_ptr<counting_reader> watched = reader;
  all.poll.end();
  CHECK(reader->ended);
  reader.reset();
  CHECK(watched.expired());
}

TEST_CASE("once enough has been read, those who have waited are the first") {
  fixture all;
  std::array<socket_fixture, 3> lines;
  std::array<std::shared_ptr<counting_reader>, 3> readers;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    readers.at(i) = all.reader_of(lines.at(i));
    readers.at(i)->leaves_some = true;
    lines.at(i).write("x");
  }
  all.told_max = 1;
  for (int round = 1; round <= 4; ++round) {
    for (int i = 0; i < 3; ++i) {
      all.told_in_turn = 0;
      for (int part = 0; part < 10 && all.told_in_turn == 0; ++part) all.io.poll_one();
    }
    for (const auto& reader : readers) CHECK(reader->told == round);
  }
}

}  // namespace innkeeper::transport
