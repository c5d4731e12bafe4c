#include "actors/sockets/topic.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::sockets {
namespace {

TEST_CASE("a topic without a colon means every id of the event") {
  CHECK(parse_topic("chat") == topic("chat"));
}

TEST_CASE("a topic is split at the first colon") {
  CHECK(parse_topic("poll:lunch") == topic("poll", "lunch"));
  CHECK(parse_topic("poll:a:b") == topic("poll", "a:b"));
  CHECK(parse_topic("poll::") == topic("poll", ":"));
}

TEST_CASE("a topic with no id behind the colon, or with 'all', means every id") {
  CHECK(parse_topic("poll:") == topic("poll"));
  CHECK(parse_topic("poll:all") == topic("poll"));
}

TEST_CASE("only the exact word 'all' means every id") {
  CHECK(parse_topic("poll:All") == topic("poll", "All"));
  CHECK(parse_topic("poll:all:") == topic("poll", "all:"));
  CHECK(parse_topic("poll: all") == topic("poll", " all"));
}

TEST_CASE("a topic without an event is none") {
  CHECK_FALSE(parse_topic("").has_value());
  CHECK_FALSE(parse_topic(":").has_value());
  CHECK_FALSE(parse_topic(":lunch").has_value());
}

TEST_CASE("nothing of a topic is trimmed or folded") {
  CHECK(parse_topic(" chat ") == topic(" chat "));
  CHECK(parse_topic("Chat") != topic("chat"));
  CHECK(parse_topic("__proto__:constructor") == topic("__proto__", "constructor"));
}

}  // namespace
}  // namespace innkeeper::sockets
