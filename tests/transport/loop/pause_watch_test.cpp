#include "transport/loop/pause_watch.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using innkeeper::transport::pause_watch;

namespace {

constexpr pause_watch::time_point start{1000h};

}  // namespace

TEST_CASE("a process whose timer rings when it is due, or a little later, has not stood still") {
  pause_watch watch;
  watch.waits_for(start + 10s, start);
  watch.rings(start + 11s);
  CHECK(watch.resumed_at() < start);
}

TEST_CASE("a process whose timer rings more than a second late goes on at that moment") {
  pause_watch watch;
  watch.waits_for(start + 10s, start);
  watch.rings(start + 11s + 1ns);
  CHECK(watch.resumed_at() == start + 11s + 1ns);
  watch.waits_for(start + 20s, start + 12s);
  watch.rings(start + 20s);
  CHECK(watch.resumed_at() == start + 11s + 1ns);
}

TEST_CASE("a timer for a time that is over is late only from when it was set") {
  pause_watch watch;
  watch.waits_for(start - 1h, start);
  watch.rings(start + 1s);
  CHECK(watch.resumed_at() < start);
  watch.waits_for(start - 1h, start + 2s);
  watch.rings(start + 4s);
  CHECK(watch.resumed_at() == start + 4s);
}

TEST_CASE("a timer that was set anew is judged by its new time") {
  pause_watch watch;
  watch.waits_for(start + 10s, start);
  watch.waits_for(start + 5s, start + 1s);
  watch.rings(start + 6s + 1ms);
  CHECK(watch.resumed_at() == start + 6s + 1ms);
}
