#include "actors/room/room.hpp"

#include <catch2/catch.hpp>

#include "proto/limits.hpp"
#include "tests/room/guests.hpp"
#include "tests/room/phrases.hpp"

namespace innkeeper::testing {
namespace {

const lines nothing;

// ---- authenticate

TEST_CASE("who authenticates becomes admin and gets its profile") {
  guests room;
  room.join(1, "ann");
  CHECK(room.say(1, "ann", login_as_admin("testRoom", room.now_ms)) ==
        lines{made_admin(1), to_one(1, profile(1, "ann", "{}", "admin"))});
  CHECK(room.say(1, "ann", R"({"type":"profile"})") ==
        lines{to_one(1, profile(1, "ann", "{}", "admin"))});
}

TEST_CASE("the role belongs to the socket, not to the session") {
  guests room;
  room.join(1, "ann");
  room.join(2, "ann");
  room.become_admin(1, "ann");
  CHECK(room.say(2, "ann", R"({"type":"profile"})") == lines{to_one(2, profile(1, "ann"))});
  CHECK(room.say(2, "ann", R"({"type":"config","data":"x"})") == lines{error_to(2, "forbidden")});
  CHECK(room.join(3, "ann") == lines{admitted(3, "{}", config(""), profile(1, "ann"))});
}

TEST_CASE("an admin is one still after the room slept, as the gateway knows") {
  guests room;
  room.join(1, "ann");
  room.become_admin(1, "ann");
  room.nap();
  CHECK(room.tell(words(1, "ann", R"({"type":"profile"})", proto::role::admin)) ==
        lines{to_one(1, profile(1, "ann", "{}", "admin"))});
}

TEST_CASE("a room that woke before the gateway knew an admin believes it later") {
  guests room;
  room.join(1, "ann");
  room.become_admin(1, "ann");
  room.nap();
  room.tell(words(1, "ann", R"({"type":"profile"})", proto::role::user));  // was on its way
  CHECK(room.tell(words(1, "ann", R"({"type":"profile"})", proto::role::admin)) ==
        lines{to_one(1, profile(1, "ann", "{}", "admin"))});
}

TEST_CASE("a failed authenticate is answered and changes nothing") {
  guests room;
  room.join(1, "ann");
  CHECK(room.say(1, "ann", login_as_admin("otherRoom", room.now_ms)) ==
        lines{error_to(1, "wrong_key")});
  CHECK(room.say(1, "ann", login_as_admin("testRoom", room.now_ms - 300'001)) ==
        lines{error_to(1, "wrong_timestamp")});
  CHECK(room.say(1, "ann", R"({"type":"profile"})") == lines{to_one(1, profile(1, "ann"))});
}

TEST_CASE("a key that one session has used is refused to another, over a restart too") {
  guests room;
  room.join(1, "ann");
  room.join(2, "bob");
  const auto login = login_as_admin("testRoom", room.now_ms);
  room.say(1, "ann", login);
  CHECK(room.say(2, "bob", login) == lines{error_to(2, "key_used")});
  room.restart();
  CHECK(room.say(2, "bob", login) == lines{error_to(2, "key_used")});
  CHECK(room.say(1, "ann", login).size() == 2);
}

// ---- what only admins may say

TEST_CASE("an admin's message from a user is forbidden, whatever its data") {
  guests room;
  room.join(1, "ann");
  for (const auto* type : {"config", "broadcast", "relay", "deleteRelay"}) {
    const auto refused = room.turn(
        words(1, "ann", R"({"type":")" + std::string(type) + R"(","data":{"type":"x"}})"));
    CHECK(shown(refused.outputs) == lines{error_to(1, "forbidden")});
    CHECK(refused.writes.empty());
  }
}

TEST_CASE("an admin's config goes to every socket and to who joins later, over a restart too") {
  with_admin room;
  CHECK(room.say(9, "ada", R"({"type":"config","data":"x"})") == lines{to_all(config("x"))});
  CHECK(room.join(2, "bob") == lines{admitted(2, "{}", config("x"), profile(3, "bob"))});
  room.restart();
  CHECK(room.details()["config"] == "x");
}

TEST_CASE("an admin's broadcast goes to every socket, or to whom it names") {
  with_admin room;
  CHECK(room.say(9, "ada", R"({"type":"broadcast","data":{"type":"t","data":[1]}})") ==
        lines{to_all(R"({"type":"t","data":[1]})")});
  CHECK(room.say(9, "ada", R"({"type":"broadcast","data":{"type":"t","to":"a:b"}})") ==
        lines{published("a:b", R"({"type":"t"})")});
}

TEST_CASE("an admin's message of the wrong shape is answered with its error") {
  with_admin room;
  CHECK(room.say(9, "ada", R"({"type":"broadcast","data":1})") == lines{error_to(9, "bad_data")});
}

TEST_CASE("a message of a relayed type reaches the admin after it has had its own effect") {
  with_admin room;
  CHECK(room.say(9, "ada", relay("counter")) == nothing);
  CHECK(room.say(1, "ann", count("c", "1")) ==
        lines{published("counter:c", count("c", "1")),
              to_each({9}, relayed("counter", R"("type":"counter","data":{"id":"c","value":1})", 1,
                                   "ann"))});
}

TEST_CASE("a made-up type does nothing but reach the admins who relay it") {
  with_admin room;
  CHECK(room.say(1, "ann", R"({"type":"move"})") == nothing);
  room.say(9, "ada", relay("move"));
  CHECK(room.say(1, "ann", R"({"type":"move"})") ==
        lines{to_each({9}, relayed("move", R"("type":"move")", 1, "ann"))});
}

TEST_CASE("a relay shows all of the sender's properties, and those of after the message") {
  with_admin room;
  room.say(9, "ada", relay("login"));
  CHECK(room.say(1, "ann", R"({"type":"login","data":{"_x":1}})") ==
        lines{to_one(1, profile(1, "ann", R"({"_x":1})")),
              to_each({9}, relayed("login", R"("type":"login","data":{"_x":1})", 1, "ann",
                                   R"({"_x":1})"))});
}

TEST_CASE("a relay goes to every admin who asked, once however often it asked") {
  with_admin room;
  room.join(8, "eve");
  room.become_admin(8, "eve");
  room.say(9, "ada", relay("move"));
  room.say(9, "ada", relay("move"));
  room.say(8, "eve", relay("move"));
  CHECK(room.say(1, "ann", R"({"type":"move"})") ==
        lines{to_each({8, 9}, relayed("move", R"("type":"move")", 1, "ann"))});
}

TEST_CASE("a refused message is relayed too, behind its error") {
  with_admin room;
  room.say(9, "ada", relay("config"));
  CHECK(room.say(1, "ann", R"({"type":"config","data":"x"})") ==
        lines{error_to(1, "forbidden"),
              to_each({9}, relayed("config", R"("type":"config","data":"x")", 1, "ann"))});
  room.say(9, "ada", relay("poll"));
  CHECK(
      room.say(1, "ann", R"({"type":"poll"})") ==
      lines{error_to(1, "bad_data"), to_each({9}, relayed("poll", R"("type":"poll")", 1, "ann"))});
}

TEST_CASE("an authenticate is never relayed, good or bad, for it holds a key") {
  with_admin room;
  room.say(9, "ada", relay("authenticate"));
  CHECK(room.say(1, "ann", login_as_admin("otherRoom", room.now_ms)) ==
        lines{error_to(1, "wrong_key")});
  CHECK(room.say(1, "ann", R"({"type":"authenticate","data":1})") ==
        lines{error_to(1, "bad_data")});
  CHECK(room.say(1, "ann", login_as_admin("testRoom", room.now_ms)).size() == 2);
}

TEST_CASE("the profile that answers authenticate is no profile message, and not relayed") {
  with_admin room;
  room.say(9, "ada", relay("profile"));
  CHECK(room.say(1, "ann", login_as_admin("testRoom", room.now_ms)).size() == 2);
  CHECK(room.say(1, "ann", R"({"type":"profile"})") ==
        lines{to_one(1, profile(1, "ann", "{}", "admin")),
              to_each({9}, relayed("profile", R"("type":"profile")", 1, "ann", "{}", "admin"))});
}

TEST_CASE("an admin ends one of its relays, or all, and nobody else's") {
  with_admin room;
  room.join(8, "eve");
  room.become_admin(8, "eve");
  room.say(8, "eve", relay("move"));
  room.say(9, "ada", relay("move"));
  room.say(9, "ada", relay(""));
  room.say(9, "ada", R"({"type":"deleteRelay","data":""})");
  CHECK(room.say(1, "ann", R"({"type":""})") == nothing);
  CHECK(room.say(1, "ann", R"({"type":"move"})").front().starts_with("to each of 8 9 "));
  CHECK(room.say(9, "ada", R"({"type":"deleteRelay"})") == nothing);
  CHECK(room.say(1, "ann", R"({"type":"move"})").front().starts_with("to each of 8 {"));
}

TEST_CASE("relays go with the admin's socket") {
  with_admin room;
  room.say(9, "ada", relay("move"));
  room.leave(9, "ada", true);
  CHECK(room.say(1, "ann", R"({"type":"move"})") == nothing);
}

TEST_CASE("an admin has 128 relays and not 129") {
  with_admin room;
  for (std::size_t i = 0; i < proto::relays_max; ++i) {
    REQUIRE(room.say(9, "ada", relay(std::to_string(i))) == nothing);
  }
  CHECK(room.say(9, "ada", relay("one more")) == lines{error_to(9, "limit")});
  CHECK(room.say(1, "ann", R"({"type":"one more"})") == nothing);
  CHECK(room.say(9, "ada", relay("0")) == nothing);
}
}  // namespace
}  // namespace innkeeper::testing
