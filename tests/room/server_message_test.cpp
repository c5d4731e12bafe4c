#include "actors/room/server_message.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::room {
namespace {

profile_view some_profile() {
  return {1, "ann", R"({"name":"Ann"})", R"({"country":"NL"})", proto::role::user};
}

const std::string some_profile_json =
    R"({"suffix":1,"properties":{"name":"Ann"},"id":"ann","connectionDetails":{"country":"NL"},)"
    R"("role":"user"})";

TEST_CASE("a config frame holds its text as a string") {
  CHECK(encode_config("") == R"({"type":"config","data":""})");
  CHECK(encode_config(R"({"a":"b"})") == R"({"type":"config","data":"{\"a\":\"b\"}"})");
}

TEST_CASE("a profile frame shows suffix, properties, id, connection details and role") {
  CHECK(encode_profile(some_profile()) == R"({"type":"profile","data":)" + some_profile_json + "}");
}

TEST_CASE("an admin's profile says so") {
  auto profile = some_profile();
  profile.as = proto::role::admin;
  CHECK_THAT(encode_profile(profile), Catch::EndsWith(R"("role":"admin"}})"));
}

TEST_CASE("a session's id is quoted in its profile") {
  auto profile = some_profile();
  profile.session = "a\"b";
  CHECK_THAT(encode_profile(profile), Catch::Contains(R"("id":"a\"b")"));
}

TEST_CASE("a chat frame repeats the message as it was sent and names its user") {
  CHECK(encode_chat(R"({"b" : 1.50})", 7, R"({"name":"Ann"})") ==
        R"({"type":"chat","data":{"message":{"b" : 1.50},)"
        R"("user":{"suffix":7,"properties":{"name":"Ann"}}}})");
}

TEST_CASE("a chat frame without data has no message") {
  CHECK(encode_chat(std::nullopt, 7, "{}") ==
        R"({"type":"chat","data":{"user":{"suffix":7,"properties":{}}}})");
}

TEST_CASE("a poll frame repeats the id as it was sent and shows the votes") {
  CHECK(encode_poll(false, "1.50", {{"a", 2}, {"b\"", 1}}) ==
        R"({"type":"poll","data":{"id":1.50,"stats":{"a":2,"b\"":1}}})");
}

TEST_CASE("an ephemeral poll's frame has its own type, and {} when nobody votes") {
  CHECK(encode_poll(true, R"("p")", {}) ==
        R"({"type":"ephemeralPoll","data":{"id":"p","stats":{}}})");
}

TEST_CASE("a counter frame holds its value as a number") {
  CHECK(encode_counter(R"("c")", "17.75") ==
        R"({"type":"counter","data":{"id":"c","value":17.75}})");
}

TEST_CASE("a broadcast frame has the type and data that the admin gave") {
  CHECK(encode_broadcast("x\"y", R"([1, 2])") == R"({"type":"x\"y","data":[1, 2]})");
  CHECK(encode_broadcast("x", "null") == R"({"type":"x","data":null})");
}

TEST_CASE("a broadcast without data has none") {
  CHECK(encode_broadcast("x", std::nullopt) == R"({"type":"x"})");
}

TEST_CASE("a relay frame holds the message and all of its sender") {
  CHECK(encode_relay("move", R"({"x":1})", some_profile()) ==
        R"({"type":"relay:move","data":{"type":"move","data":{"x":1},"user":)" + some_profile_json +
            "}}");
}

TEST_CASE("a relay frame of a message without data has none") {
  CHECK(encode_relay("a\"", std::nullopt, some_profile()) ==
        R"({"type":"relay:a\"","data":{"type":"a\"","user":)" + some_profile_json + "}}");
}

TEST_CASE("a ping frame holds the time in milliseconds") {
  CHECK(encode_ping(1631756233699) == R"({"type":"ping","data":1631756233699})");
}

TEST_CASE("a room's details are one object with the original's keys") {
  room_details details;
  details.object_id = "0123";
  details.name = "a\"b";
  details.count = 1;
  details.unique_count = 2;
  details.increment = 3;
  details.increment_since_restart = 4;
  details.poll_count = 5;
  details.config = "c\\";
  details.ephemeral_poll_count = 6;
  details.bootup_time_ms = 7;
  details.uptime_ms = 8;
  CHECK(encode_details(details) ==
        R"({"id":"0123","name":"a\"b","count":1,"uniqueCount":2,"increment":3,)"
        R"("incrementSinceRestart":4,"pollCount":5,"config":"c\\","ephemeralPollCount":6,)"
        R"("bootupTime":7,"uptime":8})");
}

TEST_CASE("a room's users are listed with the time of the answer") {
  CHECK(encode_users(9, {}) == R"({"ts":9,"users":[]})");
  CHECK(encode_users(9, {{1, R"({"a":1})", 5}, {2, "{}", 6}}) ==
        R"({"ts":9,"users":[{"suffix":1,"properties":{"a":1},"lastCommunication":5},)"
        R"({"suffix":2,"properties":{},"lastCommunication":6}]})");
}

TEST_CASE("properties are shown with subscriptions once there have been any") {
  CHECK(properties_with_subscriptions(R"({"a":1})", std::nullopt) == R"({"a":1})");
  CHECK(properties_with_subscriptions("{}", std::nullopt) == "{}");
  CHECK(properties_with_subscriptions(R"({"a":1})", R"({"poll":{"all":true}})") ==
        R"({"a":1,"subscriptions":{"poll":{"all":true}}})");
  CHECK(properties_with_subscriptions("{}", "{}") == R"({"subscriptions":{}})");
}

}  // namespace
}  // namespace innkeeper::room
