#include "actors/room/room.hpp"

#include <catch2/catch.hpp>

#include "proto/limits.hpp"
#include "tests/room/guests.hpp"
#include "tests/room/phrases.hpp"

namespace innkeeper::testing {
namespace {

const lines nothing;

// ---- poll, ephemeralPoll

TEST_CASE("a vote is counted once for a session, whichever socket it comes from, and moves") {
  guests room;
  const std::string type = GENERATE(as<std::string>{}, "poll", "ephemeralPoll");
  room.join(1, "ann");
  room.join(2, "ann");
  room.join(3, "bob");
  CHECK(room.say(1, "ann", vote(type, "p", "a")) ==
        lines{published(type + ":p", stats(type, "p", R"({"a":1})"))});
  CHECK(room.say(2, "ann", vote(type, "p", "a")) ==
        lines{published(type + ":p", stats(type, "p", R"({"a":1})"))});
  CHECK(room.say(3, "bob", vote(type, "p", "a")) ==
        lines{published(type + ":p", stats(type, "p", R"({"a":2})"))});
  CHECK(room.say(2, "ann", vote(type, "p", "b")) ==
        lines{published(type + ":p", stats(type, "p", R"({"a":1,"b":1})"))});
  CHECK(room.say(3, "bob", vote(type, "p", "b")) ==
        lines{published(type + ":p", stats(type, "p", R"({"b":2})"))});
}

TEST_CASE("a poll voted in by number is the one of its text, and the frame repeats the number") {
  guests room;
  const std::string type = GENERATE(as<std::string>{}, "poll", "ephemeralPoll");
  room.join(1, "ann");
  room.join(2, "bob");
  room.say(1, "ann", vote(type, "1.5", "10"));
  const auto wanted =
      room.turn(words(2, "bob", R"({"type":")" + type + R"(","data":{"id":1.50,"answer":1e1}})"));
  const auto& output = std::any_cast<const sockets::socket_output&>(wanted.outputs.at(0));
  const auto& sent = std::get<sockets::publish>(output);
  CHECK(sent.topic == sockets::topic(type, "1.5"));
  CHECK(sent.frame.payload() ==
        R"({"type":")" + type + R"(","data":{"id":1.50,"stats":{"10":2}}})");
}

TEST_CASE("a poll and an ephemeral poll of the same id are apart") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", vote("poll", "p", "a"));
  CHECK(room.say(1, "ann", vote("ephemeralPoll", "p", "b")) ==
        lines{published("ephemeralPoll:p", stats("ephemeralPoll", "p", R"({"b":1})"))});
  CHECK(room.details()["pollCount"] == 1);
  CHECK(room.details()["ephemeralPollCount"] == 1);
}

TEST_CASE("a vote in a poll outlives disconnect and restart, and can still be moved") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", vote("poll", "p", "a"));
  CHECK(room.leave(1, "ann", true) == nothing);
  room.restart();
  room.join(2, "ann");
  CHECK(room.say(2, "ann", vote("poll", "p", "b")) ==
        lines{published("poll:p", stats("poll", "p", R"({"b":1})"))});
  room.restart();
  room.join(3, "ann");
  CHECK(room.say(3, "ann", subscribe("poll")) ==
        lines{subscribed("ann", "poll"), to_one(3, stats("poll", "p", R"({"b":1})"))});
}

TEST_CASE("an ephemeral vote goes when the session's last socket goes, and subscribers hear it") {
  guests room;
  room.join(1, "ann");
  room.join(2, "ann");
  room.say(1, "ann", vote("ephemeralPoll", "p", "a"));
  room.say(1, "ann", vote("ephemeralPoll", "q", "a"));
  CHECK(room.leave(1, "ann", false) == nothing);
  CHECK(room.leave(2, "ann", true) ==
        lines{published("ephemeralPoll:p", stats("ephemeralPoll", "p", "{}")),
              published("ephemeralPoll:q", stats("ephemeralPoll", "q", "{}"))});
}

TEST_CASE("an ephemeral poll without votes still counts while the room is loaded") {
  guests room;
  room.join(1, "ann");
  room.join(2, "bob");
  room.say(1, "ann", vote("ephemeralPoll", "p", "a"));
  room.leave(1, "ann", true);
  CHECK(room.details()["ephemeralPollCount"] == 1);
  CHECK(room.say(2, "bob", subscribe("ephemeralPoll")) ==
        lines{subscribed("bob", "ephemeralPoll"), to_one(2, stats("ephemeralPoll", "p", "{}"))});
}

TEST_CASE("an ephemeral vote writes nothing") {
  guests room;
  room.join(1, "ann");
  CHECK(room.turn(words(1, "ann", vote("ephemeralPoll", "p", "a"))).writes.empty());
}

TEST_CASE("a room has 200 polls and not 201, and apart from them 200 ephemeral ones") {
  guests room;
  room.join(1, "ann");
  for (const std::string type : {"poll", "ephemeralPoll"}) {
    for (std::size_t i = 0; i < proto::limits{}.polls; ++i) {
      const auto id = std::to_string(i);
      REQUIRE(room.say(1, "ann", vote(type, id, "a")) ==
              lines{published(type + ":" + id, stats(type, id, R"({"a":1})"))});
    }
    CHECK(room.say(1, "ann", vote(type, "one more", "a")) == lines{error_to(1, "limit")});
    CHECK(room.say(1, "ann", vote(type, "0", "b")) ==
          lines{published(type + ":0", stats(type, "0", R"({"b":1})"))});
  }
  CHECK(room.details()["pollCount"] == 200);
  CHECK(room.details()["ephemeralPollCount"] == 200);
}

/// As many sessions as a poll may have answers, each with its own: s0 for 0, s1 for 1, ...
void fill_answers(guests& room, const std::string& type) {
  for (std::size_t i = 0; i < proto::limits{}.answers; ++i) {
    const auto number = std::to_string(i);
    room.join(100 + i, "s" + number);
    REQUIRE(
        room.say(100 + i, "s" + number, vote(type, "p", number)).front().starts_with("publish"));
  }
}

TEST_CASE("a poll has 100 answers and not 101, and the others can still be voted for") {
  guests room;
  const std::string type = GENERATE(as<std::string>{}, "poll", "ephemeralPoll");
  fill_answers(room, type);
  room.join(1, "ann");
  CHECK(room.say(1, "ann", vote(type, "p", "new")) == lines{error_to(1, "limit")});
  CHECK(room.say(1, "ann", vote(type, "p", "7")).front().starts_with("publish"));
}

TEST_CASE("the only vote for one of 100 answers moves to a new answer, for they stay 100") {
  guests room;
  const std::string type = GENERATE(as<std::string>{}, "poll", "ephemeralPoll");
  fill_answers(room, type);
  CHECK(room.say(100, "s0", vote(type, "p", "new")).front().starts_with("publish"));
}

// ---- counter

TEST_CASE("a counter is counted and told to its subscribers") {
  guests room;
  room.join(1, "ann");
  CHECK(room.say(1, "ann", count("c", "17.75")) ==
        lines{published("counter:c", count("c", "17.75"))});
  CHECK(room.say(1, "ann", count("c", R"("-15.14")")) ==
        lines{published("counter:c", count("c", "2.61"))});
  CHECK(room.say(1, "ann", count("c", "0")) == lines{published("counter:c", count("c", "2.61"))});
}

TEST_CASE("a counter message without data counts the default counter by 1") {
  guests room;
  room.join(1, "ann");
  CHECK(room.say(1, "ann", R"({"type":"counter"})") ==
        lines{published("counter:default", count("default", "1"))});
}

TEST_CASE("a counter keeps all its digits over a restart") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", count("c", "0.1234567890123456789012345678901234"));
  room.restart();
  room.join(2, "ann");
  const auto wanted = room.turn(words(2, "ann", count("c", "0")));
  const auto& output = std::any_cast<const sockets::socket_output&>(wanted.outputs.at(0));
  CHECK(std::get<sockets::publish>(output).frame.payload() ==
        count("c", "0.1234567890123456789012345678901234"));
}

TEST_CASE("a change that a counter cannot take is refused and leaves it as it was") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", count("c", "1e21"));
  const auto refused = room.turn(words(1, "ann", count("c", "1")));
  CHECK(shown(refused.outputs) == lines{error_to(1, "limit")});
  CHECK(refused.writes.empty());
  CHECK(room.say(1, "ann", count("c", "-1e21")) == lines{published("counter:c", count("c", "0"))});
}

TEST_CASE("a room has 1000 counters and not 1001, over a restart too") {
  guests room;
  room.join(1, "ann");
  for (std::size_t i = 0; i < proto::limits{}.counters; ++i) {
    REQUIRE(room.say(1, "ann", count(std::to_string(i), "1")).front().starts_with("publish"));
  }
  CHECK(room.say(1, "ann", count("one more", "1")) == lines{error_to(1, "limit")});
  room.restart();
  CHECK(room.say(1, "ann", count("one more", "1")) == lines{error_to(1, "limit")});
  CHECK(room.say(1, "ann", count("0", "1")) == lines{published("counter:0", count("0", "2"))});
}
}  // namespace
}  // namespace innkeeper::testing
