#include "actors/room/room_kind.hpp"

#include <catch2/catch.hpp>

#include "tests/room/guests.hpp"
#include "tests/support/room_rules.hpp"

namespace innkeeper::testing {
namespace {

using room::room_attachments;

const lines nothing;

/// A room that sleeps. `left_behind` holds what its sockets need, as a room would leave it.
struct sleeping_room {
  /// Nothing if the message would wake the room.
  std::optional<lines> handle_hibernated(const room::room_message& message) {
    const auto outputs = kind.handle_hibernated(left_behind, message);
    return outputs ? std::optional(shown(*outputs)) : std::nullopt;
  }

  std::optional<lines> hear(const std::string& text, proto::role role = proto::role::user) {
    return handle_hibernated(words(1, "ann", text, role));
  }

  room_attachments* kept() { return std::any_cast<room_attachments>(&left_behind); }

  room::room_kind kind = rooms_with(signing_key);
  durable::attachments left_behind;
};

/// A room with these sockets.
sleeping_room with_sockets(std::initializer_list<room::connection_id> connections) {
  room_attachments attachments;
  attachments.wishes = new room::unstored_wishes;
  for (const auto id : connections) attachments.connections.emplace(id, 0);
  sleeping_room room;
  room.left_behind = attachments;
  return room;
}

TEST_CASE("a room is made by its name") {
  const auto kind = rooms_with(signing_key);
  CHECK(kind.name() == "room");
  CHECK(kind.make({&kind, "lobby"}) != nullptr);
}

TEST_CASE("a sleeping room sleeps through types without an effect") {
  auto room = with_sockets({1});
  const std::string type =
      GENERATE(as<std::string>{}, "ping", "pong", "join", "leave", "made up", "");
  CHECK(room.hear(R"({"type":")" + type + R"("})") == nothing);
  CHECK(room.kept()->connections.size() == 1);
}

TEST_CASE("a sleeping room wakes for a type that an admin relays, whatever it is") {
  auto room = with_sockets({1, 9});
  for (const std::string type : {"made up", "close", "config", "poll"}) {
    room.kept()->wishes->relayed.add(9, type);
    CHECK_FALSE(room.hear(R"({"type":")" + type + R"("})").has_value());
  }
  CHECK(room.hear(R"({"type":"ping"})") == nothing);
}

TEST_CASE("a sleeping room closes a socket that asks for it") {
  auto room = with_sockets({1});
  CHECK(room.hear(R"({"type":"close"})") == lines{closed(1)});
}

TEST_CASE("a sleeping room refuses users what only admins may say") {
  auto room = with_sockets({1});
  for (const std::string type : {"config", "broadcast", "relay", "deleteRelay"}) {
    CHECK(room.hear(R"({"type":")" + type + R"(","data":{"type":"x"}})") ==
          lines{error_to(1, "forbidden")});
  }
  CHECK_FALSE(room.hear(R"({"type":"config","data":"x"})", proto::role::admin).has_value());
}

TEST_CASE("a sleeping room answers data of the wrong shape and what is over a limit") {
  auto room = with_sockets({1});
  CHECK(room.hear(R"({"type":"poll"})") == lines{error_to(1, "bad_data")});
  CHECK(room.hear(R"({"type":"config"})", proto::role::admin) == lines{error_to(1, "bad_data")});
  CHECK(room.hear(R"({"type":"counter","data":{"value":"1e400"}})") == lines{error_to(1, "limit")});
}

TEST_CASE("a sleeping room answers what is no message") {
  auto room = with_sockets({1});
  CHECK(room.hear("nonsense") == lines{error_to(1, "malformed")});
  CHECK(room.handle_hibernated(room::malformed_message{
            1, {proto::error_code::binary, "Binary."}}) == lines{error_to(1, "binary")});
}

TEST_CASE("a sleeping room says the same as one that is awake") {
  auto asleep = with_sockets({1});
  guests awake;
  awake.join(1, "ann");
  for (const std::string text :
       {R"({"type":"config"})", R"({"type":"relay","data":1})", R"({"type":"poll","data":{}})",
        R"({"type":"close"})", R"({"type":"ping"})", R"({"type":"subscribe","data":""})",
        R"({"type":"authenticate"})", "[]"}) {
    INFO(text);
    CHECK(asleep.hear(text) == awake.say(1, "ann", text));
  }
}

TEST_CASE("a sleeping room wakes for everything else") {
  auto room = with_sockets({1});
  for (const std::string text :
       {R"({"type":"chat"})", R"({"type":"profile"})", R"({"type":"login"})",
        R"({"type":"counter"})", R"({"type":"subscribe","data":"chat"})",
        R"({"type":"unsubscribe","data":"chat"})",
        R"({"type":"poll","data":{"id":"p","answer":"a"}})",
        R"({"type":"ephemeralPoll","data":{"id":"p","answer":"a"}})",
        R"({"type":"authenticate","data":{"ts":1,"key":"k"}})"}) {
    INFO(text);
    CHECK_FALSE(room.hear(text).has_value());
  }
  CHECK_FALSE(
      room.handle_hibernated(room::connection_opened{2, facts_of("bob"), nullptr}).has_value());
  CHECK_FALSE(room.handle_hibernated(asks(room::details_path, 1)).has_value());
  CHECK_FALSE(room.handle_hibernated(asks(room::users_path, 1)).has_value());
}

TEST_CASE("a sleeping room sleeps on when a socket leaves that left nothing in memory") {
  auto room = with_sockets({1, 2});
  CHECK(room.handle_hibernated(room::connection_closed{1, facts_of("ann"), true}) == nothing);
  REQUIRE(room.kept() != nullptr);
  CHECK(room.kept()->connections.size() == 1);
}

TEST_CASE("a sleeping room forgets everything when its last socket leaves") {
  auto room = with_sockets({1});
  CHECK(room.handle_hibernated(room::connection_closed{1, facts_of("ann"), true}) == nothing);
  CHECK_FALSE(room.left_behind.has_value());
}

TEST_CASE(
    "a sleeping room wakes when a session with an ephemeral vote leaves with its last socket") {
  auto room = with_sockets({1, 2, 3});
  room.kept()->wishes->ephemeral.cast("ann", "p", "a");
  CHECK(room.handle_hibernated(room::connection_closed{1, facts_of("ann"), false}) == nothing);
  CHECK(room.handle_hibernated(room::connection_closed{2, facts_of("bob"), true}) == nothing);
  CHECK_FALSE(
      room.handle_hibernated(room::connection_closed{3, facts_of("ann"), true}).has_value());
  REQUIRE(room.kept() != nullptr);
  CHECK(room.kept()->connections.size() == 1);  // the room, once awake, counts it down itself
}

TEST_CASE("a sleeping room is not confused by the leaving of a socket that it never knew") {
  auto room = with_sockets({1});
  CHECK(room.handle_hibernated(room::connection_closed{7, facts_of("bob"), true}) == nothing);
  REQUIRE(room.kept() != nullptr);
  CHECK(room.kept()->connections.size() == 1);
}

TEST_CASE("a sleeping room drops the relays of an admin that leaves") {
  auto room = with_sockets({1, 9});
  room.kept()->wishes->relayed.add(9, "move");
  CHECK(room.handle_hibernated(room::connection_closed{9, facts_of("ada"), true}) == nothing);
  CHECK(room.hear(R"({"type":"move"})") == nothing);
}

TEST_CASE("a room that keeps nothing in memory absorbs a leave") {
  sleeping_room room;
  CHECK(room.handle_hibernated(room::connection_closed{1, facts_of("ann"), true}) == nothing);
  CHECK_FALSE(room.left_behind.has_value());
}

TEST_CASE("what a room says weighs its frames, wherever they are") {
  const auto kind = rooms_with(signing_key);
  const auto weight = [&](sockets::socket_output output) {
    return kind.bytes_of(durable::object_output(std::move(output)));
  };
  const proto::frame frame(std::string(1000, 'x'));
  const auto nothing_but_itself = weight(sockets::close_all{});
  const auto wire = frame.wire().size();
  CHECK(weight(sockets::send_to_all{frame}) == nothing_but_itself + wire);
  CHECK(weight(sockets::publish{sockets::topic("chat"), frame}) == nothing_but_itself + wire);
  CHECK(weight(sockets::accept{1, {}, {frame, frame}}) == nothing_but_itself + 2 * wire);
  CHECK(weight(sockets::answer_with(1, {.body = "[1,2]"})) == nothing_but_itself + 5);
}

TEST_CASE("a room that has lost its footing closes all its sockets") {
  const auto kind = rooms_with(signing_key);
  CHECK(shown(kind.when_broken()) == lines{"close all"});
}

}  // namespace
}  // namespace innkeeper::testing
