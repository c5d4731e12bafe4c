#include "transport/limits/peer_watch.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::transport {
namespace {

using namespace std::chrono_literals;
using verdict = peer_watch::verdict;

constexpr peer_watch::time_point start{1000h};
const peer_watch::patience usual{proto::limits()};

TEST_CASE("a peer that has been silent for 52 s is pinged, once for each silence") {
  peer_watch watch;
  CHECK(watch.look(start + 52s - 1ns, start, std::nullopt, usual) == verdict::nothing);
  CHECK(watch.look(start + 52s, start, std::nullopt, usual) == verdict::ping);
  CHECK(watch.look(start + 53s, start, std::nullopt, usual) == verdict::nothing);
  CHECK(watch.look(start + 105s, start + 53s, std::nullopt, usual) == verdict::ping);
}

TEST_CASE("a ping goes along with a frame to a peer that has been silent for 30 s") {
  peer_watch watch;
  CHECK_FALSE(watch.ping_along(start + 30s - 1ns, start, usual));
  CHECK(watch.ping_along(start + 30s, start, usual));
  CHECK_FALSE(watch.ping_along(start + 31s, start, usual));
  CHECK(watch.look(start + 52s, start, std::nullopt, usual) == verdict::nothing);
  CHECK(watch.next_look(start, std::nullopt, usual) == start + 60s);
  CHECK(watch.ping_along(start + 62s, start + 32s, usual));
}

TEST_CASE("a peer that has been silent for a minute is gone, whether it was pinged or not") {
  peer_watch watch;
  const bool pinged = GENERATE(false, true);
  if (pinged) REQUIRE(watch.look(start + 52s, start, std::nullopt, usual) == verdict::ping);
  if (pinged) CHECK(watch.look(start + 60s - 1ns, start, std::nullopt, usual) == verdict::nothing);
  CHECK(watch.look(start + 60s, start, std::nullopt, usual) == verdict::silent);
}

TEST_CASE("a peer that has taken nothing for 10 s is stalled, however much it says") {
  peer_watch watch;
  const auto now = start + 100s;
  CHECK(watch.look(now, now, now - 10s + 1ns, usual) == verdict::nothing);
  CHECK(watch.look(now, now, now - 10s, usual) == verdict::stalled);
}

TEST_CASE("the next look is when the next thing may be due") {
  peer_watch watch;
  CHECK(watch.next_look(start, std::nullopt, usual) == start + 52s);
  CHECK(watch.next_look(start, start + 50s, usual) == start + 52s);
  CHECK(watch.next_look(start, start + 41s, usual) == start + 51s);
  REQUIRE(watch.look(start + 52s, start, std::nullopt, usual) == verdict::ping);
  CHECK(watch.next_look(start, std::nullopt, usual) == start + 60s);
  CHECK(watch.next_look(start + 53s, std::nullopt, usual) == start + 105s);
}

TEST_CASE("other times may be set, and none") {
  proto::limits bounds;
  bounds.silence_ms = 1000;
  bounds.stall_ms = 0;
  const peer_watch::patience short_silence(bounds);
  peer_watch watch;
  CHECK(watch.next_look(start, start, short_silence) == start + 750ms);
  CHECK(watch.look(start + 750ms, start, start, short_silence) == verdict::ping);
  CHECK(watch.look(start + 999ms, start, start, short_silence) == verdict::nothing);
  CHECK(watch.look(start + 1000ms, start, start, short_silence) == verdict::silent);
  bounds.silence_ms = 0;
  const peer_watch::patience endless(bounds);
  CHECK(watch.look(start + 1000h, start, start, endless) == verdict::nothing);
  CHECK_FALSE(watch.ping_along(start + 1000h, start + 1s, endless));
  CHECK(watch.next_look(start, start, endless) == peer_watch::time_point::max());
}

}  // namespace
}  // namespace innkeeper::transport
