#include "transport/peer_watch.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::transport {
namespace {

using namespace std::chrono_literals;
using verdict = peer_watch::verdict;

constexpr peer_watch::time_point start{1000h};

TEST_CASE("a peer that has been silent for 25 s is pinged, once for each silence") {
  peer_watch watch;
  CHECK(watch.look(start + 25s - 1ns, start, std::nullopt) == verdict::nothing);
  CHECK(watch.look(start + 25s, start, std::nullopt) == verdict::ping);
  CHECK(watch.look(start + 26s, start, std::nullopt) == verdict::nothing);
  CHECK(watch.look(start + 51s, start + 26s, std::nullopt) == verdict::ping);
}

TEST_CASE("a peer that has been silent for a minute is gone, whether it was pinged or not") {
  peer_watch watch;
  const bool pinged = GENERATE(false, true);
  if (pinged) REQUIRE(watch.look(start + 25s, start, std::nullopt) == verdict::ping);
  if (pinged) CHECK(watch.look(start + 60s - 1ns, start, std::nullopt) == verdict::nothing);
  CHECK(watch.look(start + 60s, start, std::nullopt) == verdict::silent);
}

TEST_CASE("a peer that has taken nothing for 10 s is stalled, however much it says") {
  peer_watch watch;
  const auto now = start + 100s;
  CHECK(watch.look(now, now, now - 10s + 1ns) == verdict::nothing);
  CHECK(watch.look(now, now, now - 10s) == verdict::stalled);
}

TEST_CASE("the next look is when the next thing may be due") {
  peer_watch watch;
  CHECK(watch.next_look(start, std::nullopt) == start + 25s);
  CHECK(watch.next_look(start, start + 20s) == start + 25s);
  CHECK(watch.next_look(start, start + 14s) == start + 24s);
  REQUIRE(watch.look(start + 25s, start, std::nullopt) == verdict::ping);
  CHECK(watch.next_look(start, std::nullopt) == start + 60s);
  CHECK(watch.next_look(start + 26s, std::nullopt) == start + 51s);
}

}  // namespace
}  // namespace innkeeper::transport
