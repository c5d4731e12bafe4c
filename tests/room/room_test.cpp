#include "actors/room/room.hpp"

#include <catch2/catch.hpp>

#include "actors/room/room_tables.hpp"
#include "proto/digest.hpp"
#include "proto/limits.hpp"
#include "tests/room/guests.hpp"
#include "tests/room/phrases.hpp"

namespace innkeeper::testing {
namespace {

const lines nothing;

namespace tables = room::tables;

// ---- joining

TEST_CASE("who joins gets config and profile, in this order") {
  guests room;
  CHECK(room.join(1, "ann") == lines{admitted(1, "{}", config(""), profile(1, "ann"))});
}

TEST_CASE("every connect takes the next number, and a known session keeps its suffix") {
  guests room;
  room.join(1, "ann");
  CHECK(room.join(2, "ann") == lines{admitted(2, "{}", config(""), profile(1, "ann"))});
  CHECK(room.join(3, "bob") == lines{admitted(3, "{}", config(""), profile(3, "bob"))});
  CHECK(room.details()["increment"] == 3);
}

TEST_CASE("numbers and suffixes go on after a restart") {
  guests room;
  room.join(1, "ann");
  room.restart();
  CHECK(room.join(2, "bob") == lines{admitted(2, "{}", config(""), profile(2, "bob"))});
  CHECK(room.join(3, "ann") == lines{admitted(3, "{}", config(""), profile(1, "ann"))});
}

TEST_CASE("who comes back has its properties and subscriptions again, over a restart too") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", R"({"type":"login","data":{"name":"Ann","_x":1}})");
  room.say(1, "ann", subscribe("poll:p"));
  room.leave(1, "ann", true);
  room.restart();
  CHECK(room.join(2, "ann") ==
        lines{admitted(
            2, R"({"poll":{"p":true}})", config(""),
            profile(1, "ann", R"({"name":"Ann","_x":1,"subscriptions":{"poll":{"p":true}}})"))});
}

TEST_CASE("who joins while the disk is full is refused with 503") {
  guests room;
  const auto wanted = room.turn(room::connection_opened{1, facts_of("ann"), nullptr});
  CHECK(shown(wanted.if_storage_full()) == lines{"refused 1 503"});
  CHECK_FALSE(wanted.writes.empty());
}

TEST_CASE("what is said while the disk is full is answered so, in place of everything else") {
  guests room;
  room.join(1, "ann");
  const auto wanted = room.turn(words(1, "ann", count("c", "1")));
  CHECK(shown(wanted.if_storage_full()) == lines{error_to(1, "storage_full")});
}

TEST_CASE("a connect that the disk had no room for takes no number") {
  guests room;
  room.join(1, "ann");
  room.turn(room::connection_opened{2, facts_of("bob"), nullptr});
  room.nap();  // as when its commit failed
  room.leave(2, "bob", true);
  CHECK(room.details()["increment"] == 1);
  CHECK(room.details()["incrementSinceRestart"] == 1);
  CHECK(room.join(3, "bob") == lines{admitted(3, "{}", config(""), profile(2, "bob"))});
}

TEST_CASE("rooms are apart") {
  guests one("one");
  guests other("other");
  one.join(1, "ann");
  one.say(1, "ann", count("c", "1"));
  CHECK(other.details()["increment"] == 0);
  CHECK(one.details()["id"] != other.details()["id"]);
}

// ---- profile, login

TEST_CASE("who asks for its profile gets it alone") {
  guests room;
  room.join(1, "ann");
  CHECK(room.say(1, "ann", R"({"type":"profile"})") == lines{to_one(1, profile(1, "ann"))});
}

TEST_CASE("a login replaces all properties and is answered with the profile") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", R"({"type":"login","data":{"a":1,"_b":2}})");
  CHECK(room.say(1, "ann", R"({"type":"login","data":{"c":3}})") ==
        lines{to_one(1, profile(1, "ann", R"({"c":3})"))});
  CHECK(room.say(1, "ann", R"({"type":"login"})") == lines{to_one(1, profile(1, "ann"))});
}

TEST_CASE("a login leaves the subscriptions alone, whatever it says of them") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", subscribe("chat"));
  CHECK(room.say(1, "ann", R"({"type":"login","data":{"subscriptions":{"poll":{"x":true}}}})") ==
        lines{to_one(1, profile(1, "ann", R"({"subscriptions":{"chat":{"all":true}}})"))});
}

TEST_CASE("the sockets of a session share properties, and other sessions do not") {
  guests room;
  room.join(1, "ann");
  room.join(2, "ann");
  room.join(3, "bob");
  room.say(1, "ann", R"({"type":"login","data":{"a":1}})");
  CHECK(room.say(2, "ann", R"({"type":"profile"})") ==
        lines{to_one(2, profile(1, "ann", R"({"a":1})"))});
  CHECK(room.say(3, "bob", R"({"type":"profile"})") == lines{to_one(3, profile(3, "bob"))});
}

// ---- subscribe, unsubscribe

TEST_CASE("a subscription is told to the gateway once") {
  guests room;
  room.join(1, "ann");
  CHECK(room.say(1, "ann", subscribe("chat")) == lines{subscribed("ann", "chat")});
  CHECK(room.say(1, "ann", subscribe("chat:all")) == nothing);
}

TEST_CASE("who subscribes to polls gets what is, of each id that fits, on every repeat") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", vote("poll", "p", "a"));
  room.say(1, "ann", vote("poll", "q", "b"));
  const auto p = to_one(1, stats("poll", "p", R"({"a":1})"));
  const auto q = to_one(1, stats("poll", "q", R"({"b":1})"));
  CHECK(room.say(1, "ann", subscribe("poll:p")) == lines{subscribed("ann", "poll:p"), p});
  CHECK(room.say(1, "ann", subscribe("poll:p")) == lines{p});
  CHECK(room.say(1, "ann", subscribe("poll")) == lines{subscribed("ann", "poll"), p, q});
  CHECK(room.say(1, "ann", subscribe("poll:none")) == lines{subscribed("ann", "poll:none")});
}

TEST_CASE("who subscribes to ephemeral polls gets these and no others") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", vote("poll", "p", "a"));
  room.say(1, "ann", vote("ephemeralPoll", "p", "b"));
  CHECK(room.say(1, "ann", subscribe("ephemeralPoll")) ==
        lines{subscribed("ann", "ephemeralPoll"),
              to_one(1, stats("ephemeralPoll", "p", R"({"b":1})"))});
}

TEST_CASE("who subscribes to counters gets what is") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", count("c", "17.75"));
  room.say(1, "ann", count("d", "1e3"));
  CHECK(room.say(1, "ann", subscribe("counter:c")) ==
        lines{subscribed("ann", "counter:c"), to_one(1, count("c", "17.75"))});
  CHECK(room.say(1, "ann", subscribe("counter")) == lines{subscribed("ann", "counter"),
                                                          to_one(1, count("c", "17.75")),
                                                          to_one(1, count("d", "1000"))});
}

TEST_CASE("who asks again gets what has become of it") {
  guests room;
  room.join(1, "ann");
  room.join(2, "bob");
  room.say(1, "ann", count("c", "1"));
  room.say(1, "ann", vote("poll", "p", "a"));
  room.say(1, "ann", vote("ephemeralPoll", "e", "a"));
  for (const auto* each : {"counter", "poll", "ephemeralPoll"}) room.say(2, "bob", subscribe(each));

  room.say(1, "ann", count("c", "2"));
  room.say(1, "ann", vote("poll", "p", "b"));
  room.say(1, "ann", vote("ephemeralPoll", "e", "b"));
  CHECK(room.say(2, "bob", subscribe("counter")) == lines{to_one(2, count("c", "3"))});
  CHECK(room.say(2, "bob", subscribe("poll")) ==
        lines{to_one(2, stats("poll", "p", R"({"b":1})"))});
  CHECK(room.say(2, "bob", subscribe("ephemeralPoll")) ==
        lines{to_one(2, stats("ephemeralPoll", "e", R"({"b":1})"))});

  room.leave(1, "ann", true);
  CHECK(room.say(2, "bob", subscribe("ephemeralPoll")) ==
        lines{to_one(2, stats("ephemeralPoll", "e", "{}"))});
}

TEST_CASE("an unsubscription is told to the gateway if there was anything to end") {
  guests room;
  room.join(1, "ann");
  CHECK(room.say(1, "ann", unsubscribe("chat")) == nothing);
  room.say(1, "ann", subscribe("poll:p"));
  CHECK(room.say(1, "ann", unsubscribe("poll:q")) == nothing);
  CHECK(room.say(1, "ann", unsubscribe("poll")) == lines{unsubscribed("ann", "poll")});
  CHECK(room.say(1, "ann", R"({"type":"profile"})") ==
        lines{to_one(1, profile(1, "ann", R"({"subscriptions":{}})"))});
}

TEST_CASE("a session has 128 subscriptions and not 129") {
  guests room;
  room.join(1, "ann");
  for (std::size_t i = 0; i < proto::limits{}.subscriptions; ++i) {
    const auto channel = "x:" + std::to_string(i);
    REQUIRE(room.say(1, "ann", subscribe(channel)) == lines{subscribed("ann", channel)});
  }
  CHECK(room.say(1, "ann", subscribe("chat")) == lines{error_to(1, "limit")});
  CHECK(room.say(1, "ann", subscribe("x:0")) == nothing);
  CHECK(room.say(1, "ann", unsubscribe("chat")) == nothing);  // it was not kept
  room.say(1, "ann", unsubscribe("x:0"));
  CHECK(room.say(1, "ann", subscribe("chat")) == lines{subscribed("ann", "chat")});
}

// ---- chat

TEST_CASE("a chat goes to the subscribers of chat, with suffix and public properties") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", R"({"type":"login","data":{"name":"Ann","_x":1}})");
  room.say(1, "ann", subscribe("chat"));
  CHECK(room.say(1, "ann", R"({"type":"chat","data":["hi"]})") ==
        lines{published("chat", R"({"type":"chat","data":{"message":["hi"],)"
                                R"("user":{"suffix":1,"properties":{"name":"Ann"}}}})")});
}

TEST_CASE("a chat without data has no message") {
  guests room;
  room.join(1, "ann");
  CHECK(
      room.say(1, "ann", R"({"type":"chat"})") ==
      lines{published("chat", R"({"type":"chat","data":{"user":{"suffix":1,"properties":{}}}})")});
}

// ---- the rest

TEST_CASE("ping, pong, join and leave as messages do nothing") {
  guests room;
  room.join(1, "ann");
  for (const auto* type : {"ping", "pong", "join", "leave", "error", "__proto__", ""}) {
    const auto wanted = room.turn(words(1, "ann", R"({"type":")" + std::string(type) + R"("})"));
    CHECK(wanted.outputs.empty());
    CHECK(wanted.writes.empty());
  }
}

TEST_CASE("a close message closes its socket") {
  guests room;
  room.join(1, "ann");
  CHECK(room.say(1, "ann", R"({"type":"close","data":1})") == lines{closed(1)});
}

TEST_CASE("what is no message is answered to its sender alone") {
  guests room;
  room.join(1, "ann");
  CHECK(room.say(1, "ann", "nonsense") == lines{error_to(1, "malformed")});
  CHECK(room.tell(room::malformed_message{1, {proto::error_code::binary, "Binary."}}) ==
        lines{error_to(1, "binary")});
}

TEST_CASE("ids that JavaScript stumbles over are ordinary names") {
  guests room;
  room.join(1, "ann");
  for (const std::string id : {"__proto__", "constructor", "toString", ""}) {
    CHECK(room.say(1, "ann", vote("poll", id, "__proto__")) ==
          lines{published("poll:" + id, stats("poll", id, R"({"__proto__":1})"))});
  }
}

// ---- details, users

TEST_CASE("a room's details tell what it holds") {
  with_admin room;
  room.say(9, "ada", R"({"type":"config","data":"x"})");
  room.say(1, "ann", vote("poll", "p", "a"));
  room.say(1, "ann", vote("poll", "q", "a"));
  room.say(1, "ann", vote("ephemeralPoll", "p", "a"));
  room.now_ms += 5;
  const auto details = room.details();
  CHECK(details["id"] == proto::object_id("testRoom"));
  CHECK(details["name"] == "testRoom");
  CHECK(details["increment"] == 2);
  CHECK(details["incrementSinceRestart"] == 2);
  CHECK(details["pollCount"] == 2);
  CHECK(details["ephemeralPollCount"] == 1);
  CHECK(details["config"] == "x");
  CHECK(details["bootupTime"] == room.now_ms - 5);
  CHECK(details["uptime"] == 5);
}

TEST_CASE("a restart begins the count of connects and the uptime afresh") {
  guests room;
  room.join(1, "ann");
  room.now_ms += 5;
  room.restart();
  room.join(2, "ann");
  const auto details = room.details();
  CHECK(details["increment"] == 2);
  CHECK(details["incrementSinceRestart"] == 1);
  CHECK(details["bootupTime"] == room.now_ms);
  CHECK(details["uptime"] == 0);
}

TEST_CASE("asking a room that never existed for details or users writes nothing") {
  guests room;
  const auto details = room.turn(asks(room::details_path, 1));
  CHECK(details.writes.empty());
  CHECK(room.details()["increment"] == 0);
  CHECK(room.turn(asks(room::users_path, 2)).writes.empty());
  CHECK(room.tell(asks(room::users_path, 2)) ==
        lines{R"(answer 2 {"ts":1631756233699,"users":[]})"});
}

TEST_CASE("a question has no answer while the disk is full") {
  guests room;
  CHECK(shown(room.turn(asks(room::details_path, 1)).if_storage_full()) == lines{"no answer 1"});
  CHECK(shown(room.turn(asks(room::users_path, 2)).if_storage_full()) == lines{"no answer 2"});
}

TEST_CASE("a question keeps no room awake, what is said does") {
  guests room;
  CHECK_FALSE(room.turn(asks(room::details_path, 1)).is_activity);
  CHECK_FALSE(room.turn(asks(room::users_path, 2)).is_activity);
  room.join(1, "ann");
  CHECK(room.turn(words(1, "ann", R"({"type":"chat"})")).is_activity);
}

TEST_CASE("users are listed by socket, with public properties") {
  guests room;
  room.join(1, "ann");
  room.join(2, "bob");
  room.say(1, "ann", R"({"type":"login","data":{"a":1,"_x":2}})");
  CHECK(room.tell(asks(room::users_path, 7, {{"ann", 5}, {"bob", 6}, {"ann", 8}})) ==
        lines{R"(answer 7 {"ts":1631756233699,"users":[)"
              R"({"lastCommunication":5,"properties":{"a":1},"suffix":1},)"
              R"({"lastCommunication":6,"properties":{},"suffix":2},)"
              R"({"lastCommunication":8,"properties":{"a":1},"suffix":1}]})"});
}

// ---- sleep

TEST_CASE("a room that sleeps with open sockets keeps what only memory has") {
  with_admin room;
  room.say(1, "ann", vote("ephemeralPoll", "p", "a"));
  room.say(9, "ada", relay("move"));
  const auto booted_ms = room.details()["bootupTime"];
  room.now_ms += 60'000;
  room.nap();
  CHECK(room.details()["bootupTime"] == booted_ms);
  CHECK(room.details()["incrementSinceRestart"] == 2);
  CHECK(room.say(1, "ann", R"({"type":"move"})") ==
        lines{to_each({9}, relayed("move", R"("type":"move")", 1, "ann"))});
  CHECK(room.leave(1, "ann", true) ==
        lines{published("ephemeralPoll:p", stats("ephemeralPoll", "p", "{}"))});
}

TEST_CASE("a room that sleeps without a socket leaves nothing behind") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", vote("ephemeralPoll", "p", "a"));
  room.leave(1, "ann", true);
  room.now_ms += 60'000;
  room.nap();
  CHECK(room.details()["ephemeralPollCount"] == 0);
  CHECK(room.details()["incrementSinceRestart"] == 0);
  CHECK(room.details()["bootupTime"] == room.now_ms);
}

TEST_CASE("a room that lost its memory does not count down for those who were there before") {
  guests room;
  room.join(1, "ann");
  room.restart();  // as when a commit was rejected: the sockets of before leave afterwards
  room.leave(1, "ann", true);
  room.join(2, "bob");
  room.say(2, "bob", vote("ephemeralPoll", "p", "a"));
  room.nap();
  CHECK(room.details()["ephemeralPollCount"] == 1);
}

TEST_CASE("what tells of nothing stored is said all the same when the disk is full") {
  guests room;
  room.join(1, "ann");
  room.join(2, "bob");
  const auto close = room.turn(words(1, "ann", R"({"type":"close"})"));
  CHECK(shown(close.if_storage_full()) == lines{closed(1)});
  const auto nonsense = room.turn(words(1, "ann", "nonsense"));
  CHECK(shown(nonsense.if_storage_full()) == lines{error_to(1, "malformed")});
  const auto voted = room.turn(words(1, "ann", vote("ephemeralPoll", "p", "a")));
  CHECK(shown(voted.if_storage_full()) ==
        lines{published("ephemeralPoll:p", stats("ephemeralPoll", "p", R"({"a":1})"))});
  const auto left = room.turn(room::connection_closed{1, facts_of("ann"), true});
  CHECK(shown(left.if_storage_full()) ==
        lines{published("ephemeralPoll:p", stats("ephemeralPoll", "p", "{}"))});
}

TEST_CASE("a room whose counter cannot be read does not wake with another value") {
  guests room;
  storage::write_batch broken;
  broken.put(tables::counters, {"c"}, {"nonsense"});
  room.stored.apply(broken);
  CHECK_THROWS_AS(room.restart(), durable::read_failure);
}

TEST_CASE("sessions are stored once, whatever is said") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", R"({"type":"login","data":{"a":1}})");
  room.say(1, "ann", subscribe("chat"));
  CHECK(room.stored.count(tables::sessions) == 1);
  CHECK(room.stored.count(tables::states) == 1);
}
}  // namespace
}  // namespace innkeeper::testing
