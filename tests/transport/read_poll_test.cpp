#include "transport/read_poll.hpp"

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "tests/transport/socket_pair.hpp"

namespace innkeeper::transport {
namespace {

/// A socket whose other end can write to it.
class line {
 public:
  line() = default;
  ~line() {
    hang_up();
    ::close(ends_[0]);
  }
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  int socket() const { return ends_[0]; }
  void write(const std::string& text) { REQUIRE(::write(ends_[1], text.data(), text.size()) > 0); }
  void hang_up() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_ = socket_pair();
};

struct counting_reader final : read_poll::reader {
  bool readable() override {
    ++told;
    if (then) then();
    return leaves_some;
  }

  void poll_ends() override { ended = true; }
  void prefetch_its_own() const override { ++fetched_own; }
  void prefetch_further() const override { ++fetched_further; }

  int told = 0;
  mutable int fetched_own = 0;
  mutable int fetched_further = 0;
  bool ended = false;
  bool leaves_some = false;
  std::function<void()> then;
};

struct fixture {
  std::shared_ptr<counting_reader> reader_of(const line& from) {
    auto made = std::make_shared<counting_reader>();
    REQUIRE(poll.add(from.socket(), made));
    return made;
  }

  boost::asio::io_context io;
  int told_in_turn = 0;
  int told_max = 1'000'000;
  read_poll poll{io, [this] { return told_in_turn++ >= told_max; }};
};

}  // namespace

TEST_CASE("a reader that leaves bytes unread is told again and again, and not before") {
  fixture all;
  line talk;
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
  line talk;
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
  line talk;
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
  line talk;
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
  line talk;
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
  line first;
  line second;
  const auto one = all.reader_of(first);
  const auto other = all.reader_of(second);
  one->then = [&] { all.poll.remove(second.socket()); };
  other->then = [&] { all.poll.remove(first.socket()); };
  first.write("x");
  second.write("x");
  all.io.poll_one();
  CHECK(one->told + other->told == 1);
}

TEST_CASE("what a reader needs is fetched step by step ahead of it, if it is still there") {
  fixture all;
  std::array<line, 5> lines;
  std::array<std::shared_ptr<counting_reader>, 5> readers;
  for (std::size_t i = 0; i < lines.size(); ++i) readers.at(i) = all.reader_of(lines.at(i));
  readers[0]->then = [&] { all.poll.remove(lines[3].socket()); };
  for (auto& each : lines) each.write("x");
  all.io.poll();
  const auto fetched = [&](std::size_t i) {
    return std::pair(readers.at(i)->fetched_own, readers.at(i)->fetched_further);
  };
  CHECK(fetched(0) == std::pair(0, 0));  // nobody is before it
  CHECK(fetched(1) == std::pair(0, 1));
  CHECK(fetched(2) == std::pair(1, 1));
  CHECK(fetched(3) == std::pair(0, 0));
  CHECK(fetched(4) == std::pair(1, 1));
  CHECK(readers[4]->told == 1);
}

TEST_CASE("a reader lives as long as it is in the poll") {
  fixture all;
  line talk;
  const std::weak_ptr<counting_reader> reader = all.reader_of(talk);
  CHECK_FALSE(reader.expired());
  all.poll.remove(talk.socket());
  CHECK(reader.expired());
}

TEST_CASE("when the poll ends, all that are in it are told so and let go of") {
  fixture all;
  line talk;
  auto reader = all.reader_of(talk);
  const std::weak_ptr<counting_reader> watched = reader;
  all.poll.end();
  CHECK(reader->ended);
  reader.reset();
  CHECK(watched.expired());
}

TEST_CASE("once enough has been read, those who have waited are the first") {
  fixture all;
  std::array<line, 3> lines;
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
