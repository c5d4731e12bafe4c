#include "transport/peer_watch.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::transport {
namespace {

using namespace std::chrono_literals;
using verdict = peer_watch::verdict;

constexpr peer_watch::time_point start{1000h};

TEST_CASE("a peer that has been silent for 52 s is pinged, once for each silence") {
  peer_watch watch;
  CHECK(watch.look(start + 52s - 1ns, start, std::nullopt) == verdict::nothing);
  CHECK(watch.look(start + 52s, start, std::nullopt) == verdict::ping);
  CHECK(watch.look(start + 53s, start, std::nullopt) == verdict::nothing);
  CHECK(watch.look(start + 105s, start + 53s, std::nullopt) == verdict::ping);
}

TEST_CASE("a ping goes along with a frame to a peer that has been silent for 30 s") {
  peer_watch watch;
  CHECK_FALSE(watch.ping_along(start + 30s - 1ns, start));
  CHECK(watch.ping_along(start + 30s, start));
  CHECK_FALSE(watch.ping_along(start + 31s, start));
  CHECK(watch.look(start + 52s, start, std::nullopt) == verdict::nothing);
  CHECK(watch.next_look(start, std::nullopt) == start + 60s);
  CHECK(watch.ping_along(start + 62s, start + 32s));
}

TEST_CASE("a peer that has been silent for a minute is gone, whether it was pinged or not") {
  peer_watch watch;
  const bool pinged = GENERATE(false, true);
  if (pinged) REQUIRE(watch.look(start + 52s, start, std::nullopt) == verdict::ping);
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
  CHECK(watch.next_look(start, std::nullopt) == start + 52s);
  CHECK(watch.next_look(start, start + 50s) == start + 52s);
  CHECK(watch.next_look(start, start + 41s) == start + 51s);
  REQUIRE(watch.look(start + 52s, start, std::nullopt) == verdict::ping);
  CHECK(watch.next_look(start, std::nullopt) == start + 60s);
  CHECK(watch.next_look(start + 53s, std::nullopt) == start + 105s);
}

}  // namespace
}  // namespace innkeeper::transport
