#include "transport/socket/send_queue.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace innkeeper::transport {
namespace {

using proto::frame;

constexpr std::size_t bound = std::size_t{4} * 1024 * 1024;
/// What send_queue::patience_bytes compares with is the bytes on the wire.
constexpr std::size_t header_bytes = 4;

/// A frame of so many bytes on the wire, from 130 to 65539.
frame chat(std::size_t wire_bytes) {
  return frame(std::string(wire_bytes - header_bytes, 'c'));
}

frame state(const std::string& name, const std::string& value) {
  return frame(value, name);
}

std::string content_of(const send_queue& queue) {
  std::vector<iovec> pieces(1000);
  const auto count = queue.next_pieces(pieces);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  return text;
}

std::string wire_of(std::initializer_list<frame> frames) {
  std::string text;
  for (const auto& each : frames) text += each.wire();
  return text;
}

/// A queue whose first frame has been written in part, behind which `waiting` bytes of chat wait.
send_queue refused_queue(std::size_t waiting) {
  send_queue queue;
  REQUIRE(queue.push(chat(1000), bound));
  queue.written(1);
  for (constexpr std::size_t part = 32768; waiting > 0;) {
    const auto size = waiting >= 2 * part ? part : waiting;
    REQUIRE(queue.push(chat(size), bound));
    waiting -= size;
  }
  queue.refused();
  return queue;
}

TEST_CASE("frames are written in the order in which they came, whatever is taken at a time") {
  const auto taken = GENERATE(as<std::size_t>{}, 1, 3, 200, 100'000);
  send_queue queue;
  std::string wanted;
  for (int i = 0; i < 20; ++i) {
    const frame next(std::to_string(i) + std::string(static_cast<std::size_t>(i * 20), 'x'));
    wanted += next.wire();
    REQUIRE(queue.push(next, bound));
  }
  std::string seen;
  while (!queue.empty()) {
    std::array<iovec, 3> pieces;
    std::string offered;
    for (std::size_t i = 0, n = queue.next_pieces(pieces); i < n; ++i) {
      offered.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
    }
    const auto size = std::min(taken, offered.size());
    seen += offered.substr(0, size);
    queue.written(size);
  }
  CHECK(seen == wanted);
}

TEST_CASE("a queue that has been emptied, whatever it held, is as a new one") {
  const auto count = GENERATE(1, 2, 3, 8, 9, 100);
  const bool in_parts = GENERATE(false, true);
  send_queue queue;
  for (int round = 0; round < 3; ++round) {
    std::string all;
    for (int i = 0; i < count; ++i) {
      const auto each = state("counter:c" + std::to_string(i), std::to_string(round));
      REQUIRE(queue.push(each, bound));
      all += each.wire();
    }
    REQUIRE(content_of(queue) == all);
    if (in_parts) queue.written(all.size() / 2);
    if (round == 1) {
      queue.clear();
    } else {
      queue.written(in_parts ? all.size() - all.size() / 2 : all.size());
    }
    CHECK(queue.empty());
    CHECK(queue.waiting_bytes() == 0);
    CHECK(content_of(queue).empty());
  }
}

TEST_CASE("an empty queue takes any one frame") {
  send_queue queue;
  CHECK(queue.push(frame(std::string(2 * bound, 'x')), bound));
  CHECK(queue.waiting_bytes() == 0);
}

TEST_CASE("behind the frame being sent just so many bytes may wait") {
  const bool begun = GENERATE(false, true);
  send_queue queue;
  REQUIRE(queue.push(chat(60'000), bound));
  if (begun) queue.written(59'999);
  for (std::size_t i = 0; i < bound / 32'768; ++i) REQUIRE(queue.push(chat(32'768), bound));
  CHECK(queue.waiting_bytes() == bound);
  CHECK_FALSE(queue.push(frame(""), bound));
  CHECK(queue.waiting_bytes() == bound);
}

TEST_CASE("without a bound everything may wait") {
  send_queue queue;
  for (int i = 0; i < 100; ++i) REQUIRE(queue.push(frame(std::string(100'000, 'x')), 0));
  CHECK(queue.waiting_bytes() > bound);
}

TEST_CASE("first values do not count, and all else does beside them") {
  send_queue queue;
  REQUIRE(queue.push(chat(1000), 10'000));
  for (int i = 0; i < 100; ++i) {
    REQUIRE(queue.push(frame::first_value(std::string(1000, 'v'), std::to_string(i)), 10'000));
  }
  CHECK(queue.push(chat(10'000), 10'000));
  CHECK_FALSE(queue.push(frame(""), 10'000));
  queue.written(1000 +
                std::size_t{50} * 1004);  // a first value is being sent, and nothing of it counts
  CHECK_FALSE(queue.push(frame(""), 10'000));
  queue.written(std::size_t{50} * 1004);  // now the chat is being sent
  CHECK(queue.push(chat(10'000), 10'000));
  CHECK_FALSE(queue.push(frame(""), 10'000));
}

TEST_CASE("with a refusal but 64 KiB waiting every frame is sent") {
  auto queue = refused_queue(send_queue::patience_bytes - 6);
  const auto before = content_of(queue);
  REQUIRE(queue.push(state("counter:c", "1"), bound));
  REQUIRE(queue.waiting_bytes() == send_queue::patience_bytes - 3);
  REQUIRE(queue.push(state("counter:c", "2"), bound));
  REQUIRE(queue.waiting_bytes() == send_queue::patience_bytes);
  REQUIRE(queue.push(state("counter:c", "3"), bound));
  CHECK(content_of(queue) == before + wire_of({frame("1"), frame("2"), frame("3")}));
}

TEST_CASE("with more than 64 KiB waiting but no refusal every frame is sent") {
  send_queue queue;
  REQUIRE(queue.push(chat(1000), bound));
  REQUIRE(queue.push(chat(60'000), bound));
  REQUIRE(queue.push(chat(60'000), bound));
  const auto before = content_of(queue);
  REQUIRE(queue.push(state("counter:c", "1"), bound));
  REQUIRE(queue.push(state("counter:c", "2"), bound));
  CHECK(content_of(queue) == before + wire_of({frame("1"), frame("2")}));
}

TEST_CASE("a slow peer gets each state's newest value alone, in the newest's own place") {
  auto queue = refused_queue(send_queue::patience_bytes + 1);
  const auto before = content_of(queue);
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"counter:c", "1"},
                                                        {"poll:p", "2"},
                                                        {"", "chat"},
                                                        {"counter:c", "3"},
                                                        {"config", "4"}}) {
    REQUIRE(queue.push(state(name, value), bound));
  }
  CHECK(content_of(queue) == before + wire_of({frame("2"), frame("chat"), frame("3"), frame("4")}));
  REQUIRE(queue.push(state("config", "5"), bound));
  REQUIRE(queue.push(state("poll:p", "6"), bound));
  CHECK(content_of(queue) == before + wire_of({frame("chat"), frame("3"), frame("5"), frame("6")}));
  CHECK(queue.waiting_bytes() == send_queue::patience_bytes + 1 + 6 + std::size_t{3} * 3);
}

TEST_CASE("values that waited already when the peer became slow are superseded too") {
  send_queue queue;
  REQUIRE(queue.push(chat(1000), bound));
  queue.written(1);
  REQUIRE(queue.push(state("counter:c", "1"), bound));
  REQUIRE(queue.push(state("counter:c", "2"), bound));
  REQUIRE(queue.push(chat(40'000), bound));
  REQUIRE(queue.push(chat(40'000), bound));
  queue.refused();
  REQUIRE(queue.push(state("counter:c", "3"), bound));
  CHECK(content_of(queue) ==
        wire_of({chat(1000), chat(40'000), chat(40'000), frame("3")}).substr(1));
}

TEST_CASE("a value that has been written in part is written to its end") {
  send_queue queue;
  REQUIRE(queue.push(state("counter:c", "first"), bound));
  queue.written(3);
  REQUIRE(queue.push(chat(40'000), bound));
  REQUIRE(queue.push(chat(40'000), bound));
  queue.refused();
  REQUIRE(queue.push(state("counter:c", "2"), bound));
  REQUIRE(queue.push(state("counter:c", "3"), bound));
  CHECK(content_of(queue) == "irst" + wire_of({chat(40'000), chat(40'000), frame("3")}));
}

TEST_CASE("a value whose turn has come but that has not begun may still be superseded") {
  send_queue queue;
  REQUIRE(queue.push(state("counter:c", "1"), bound));
  REQUIRE(queue.push(chat(40'000), bound));
  REQUIRE(queue.push(chat(40'000), bound));
  queue.refused();
  REQUIRE(queue.push(state("counter:c", "2"), bound));
  CHECK(content_of(queue) == wire_of({chat(40'000), chat(40'000), frame("2")}));
  CHECK(queue.waiting_bytes() == 40'003);
}

TEST_CASE("a thousand counters that change all the time take the room of a thousand") {
  auto queue = refused_queue(send_queue::patience_bytes + 1);
  for (int round = 0; round < 100; ++round) {
    for (int counter = 0; counter < 1000; ++counter) {
      REQUIRE(queue.push(state(std::to_string(counter), "value"), bound));
    }
  }
  CHECK(queue.waiting_bytes() == send_queue::patience_bytes + 1 + std::size_t{1000} * 7);
}

TEST_CASE("a queue that is given up keeps only what has begun") {
  auto queue = refused_queue(100'000);
  queue.drop_waiting();
  CHECK(content_of(queue) == chat(1000).wire().substr(1));
  CHECK(queue.waiting_bytes() == 0);
  queue.written(999);
  CHECK(queue.empty());
  REQUIRE(queue.push(chat(1000), bound));
  queue.drop_waiting();
  CHECK(queue.empty());
  REQUIRE(queue.push(frame("next"), bound));
  CHECK(content_of(queue) == wire_of({frame("next")}));
}

/// What send_queue is to do, the slow way.
struct model {
  struct entry {
    frame what;
    std::size_t left;
  };

  std::size_t waiting() const {
    std::size_t sum = 0;
    for (std::size_t i = 1; i < entries.size(); ++i) sum += entries[i].left;
    return sum;
  }

  void push(const frame& added) {
    if (refused && waiting() > send_queue::patience_bytes) {
      for (std::size_t i = 0; i < entries.size(); ++i) {
        if (is_outdated(i, added)) entries.erase(entries.begin() + static_cast<int>(i--));
      }
    }
    entries.push_back({added, added.wire().size()});
  }

  bool is_outdated(std::size_t i, const frame& added) const {
    const auto& [what, left] = entries[i];
    if (what.state().empty() || left < what.wire().size()) return false;
    if (what.state() == added.state()) return true;
    for (auto later = i + 1; later < entries.size(); ++later) {
      if (entries[later].what.state() == what.state()) return true;
    }
    return false;
  }

  void written(std::size_t bytes) {
    while (bytes > 0) {
      const auto part = std::min(bytes, entries.front().left);
      bytes -= part;
      entries.front().left -= part;
      if (entries.front().left == 0) entries.erase(entries.begin());
    }
    if (entries.empty()) refused = false;
  }

  std::string content() const {
    std::string text;
    for (const auto& [what, left] : entries) text += what.wire().substr(what.wire().size() - left);
    return text;
  }

  std::vector<entry> entries;
  bool refused = false;
};

TEST_CASE("a queue does what its description says, whatever comes in whatever order") {
  std::mt19937 random(3);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  send_queue queue;
  model wanted;
  for (int step = 0; step < 3000; ++step) {
    const auto what = below(10);
    if (what < 6) {
      const auto value = std::string(1 + below(4000), 'v');
      const auto next = what < 2 ? frame(value) : state("poll:" + std::to_string(below(12)), value);
      REQUIRE(queue.push(next, 0));
      wanted.push(next);
    } else if (what < 8 && !queue.empty()) {
      const auto size = std::min(wanted.content().size(), below(10'000));
      queue.written(size);
      wanted.written(size);
    } else if (!queue.empty()) {
      queue.refused();
      wanted.refused = true;
    }
    INFO("step " << step);
    REQUIRE(queue.waiting_bytes() == wanted.waiting());
    REQUIRE(content_of(queue) == wanted.content());
  }
}

}  // namespace
}  // namespace innkeeper::transport
