#include "proto/channel.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::proto {
namespace {

TEST_CASE("a channel without a colon means every id of the event") {
  CHECK(parse_channel("chat") == channel("chat"));
}

TEST_CASE("a channel is split at the first colon") {
  CHECK(parse_channel("poll:lunch") == channel("poll", "lunch"));
  CHECK(parse_channel("poll:a:b") == channel("poll", "a:b"));
  CHECK(parse_channel("poll::") == channel("poll", ":"));
}

TEST_CASE("a channel with no id behind the colon, or with 'all', means every id") {
  CHECK(parse_channel("poll:") == channel("poll"));
  CHECK(parse_channel("poll:all") == channel("poll"));
}

TEST_CASE("only the exact word 'all' means every id") {
  CHECK(parse_channel("poll:All") == channel("poll", "All"));
  CHECK(parse_channel("poll:all:") == channel("poll", "all:"));
  CHECK(parse_channel("poll: all") == channel("poll", " all"));
}

TEST_CASE("a channel without an event is none") {
  CHECK_FALSE(parse_channel("").has_value());
  CHECK_FALSE(parse_channel(":").has_value());
  CHECK_FALSE(parse_channel(":lunch").has_value());
}

TEST_CASE("nothing of a channel is trimmed or folded") {
  CHECK(parse_channel(" chat ") == channel(" chat "));
  CHECK(parse_channel("Chat") != channel("chat"));
  CHECK(parse_channel("__proto__:constructor") == channel("__proto__", "constructor"));
}

}  // namespace
}  // namespace innkeeper::proto
