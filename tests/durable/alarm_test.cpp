#include <catch2/catch.hpp>

#include "actors/durable/alarm_schedule.hpp"
#include "tests/durable/world.hpp"

using innkeeper::durable::alarm_retry_delay_ms;
using innkeeper::durable::alarm_schedule;
using innkeeper::durable::object_address;
using innkeeper::testing::world;
using namespace std::chrono_literals;

namespace {

void set_alarm(world& w, const std::string& object, std::chrono::milliseconds in) {
  w.tell(object, "wake " + std::to_string(in.count()));
  w.commit_one();
  CHECK(w.heard() == object + ": will wake");
}

}  // namespace

TEST_CASE("an alarm rings when its time has come, once") {
  world w;
  set_alarm(w, "a", 5s);
  w.pass_time_committing(4s);
  CHECK(w.heard() == "");
  w.pass_time_committing(2s);
  CHECK(w.heard() == "a: rung=1");
  w.pass_time_committing(200s);
  CHECK(w.heard() == "");
}

TEST_CASE("what an alarm says leaves only after its commit") {
  world w;
  set_alarm(w, "a", 1s);
  w.pass_time(2s);
  CHECK(w.heard() == "");
  w.commit_one();
  CHECK(w.heard() == "a: rung=1");
}

TEST_CASE("an alarm wakes a sleeping object, also when it lies far ahead") {
  world w;
  set_alarm(w, "a", 10min);
  w.pass_time_committing(30s);
  CHECK(w.observed.awake == 0);
  w.pass_time_committing(10min);
  CHECK(w.heard() == "a: rung=1");
}

TEST_CASE("a later alarm takes the place of the earlier one, and it can be taken away") {
  world w;
  set_alarm(w, "a", 5s);
  set_alarm(w, "a", 20s);
  w.pass_time_committing(10s);
  CHECK(w.heard() == "");
  w.tell("a", "no alarm");
  w.commit_one();
  w.pass_time_committing(60s);
  CHECK(w.heard() == "");
}

TEST_CASE("an alarm survives a crash, and is caught up with after downtime") {
  world w;
  set_alarm(w, "a", 5s);
  w.wall_ms += 3'600'000;
  w.crash();
  w.pass_time_committing(1s);
  CHECK(w.heard() == "a: rung=1");
}

TEST_CASE("an alarm that a crash cut short rings again") {
  world w;
  set_alarm(w, "a", 1s);
  w.pass_time(2s);  // rung, but not committed
  w.crash();
  w.pass_time_committing(1s);
  CHECK(w.heard() == "a: rung=1");
}

TEST_CASE("an alarm whose commit fails rings again") {
  world w;
  set_alarm(w, "a", 1s);
  w.pass_time(2s);
  w.fail_one(innkeeper::storage::commit_outcome::storage_full);
  w.pass_time_committing(60s);
  CHECK(w.heard() == "a: rung=1");
}

TEST_CASE("a failing alarm is tried six times more, at growing distances, and then given up") {
  world w;
  w.kind->alarms_fail = true;
  set_alarm(w, "a", 1s);
  w.pass_time_committing(40s);
  w.kind->alarms_fail = false;
  w.pass_time_committing(60s);
  CHECK(w.heard() == "a: rung=1");

  w.kind->alarms_fail = true;
  set_alarm(w, "a", 1s);
  w.pass_time_committing(200s);
  w.kind->alarms_fail = false;
  w.pass_time_committing(600s);
  CHECK(w.heard() == "");
}

TEST_CASE("retries of an alarm double their distance and are spread by a quarter") {
  CHECK(alarm_retry_delay_ms(0, 0) == 2000);
  CHECK(alarm_retry_delay_ms(1, 0) == 4000);
  CHECK(alarm_retry_delay_ms(5, 0) == 64'000);
  CHECK(alarm_retry_delay_ms(0, 499) == 2499);
  CHECK(alarm_retry_delay_ms(0, 500) == 2000);
  CHECK_FALSE(alarm_retry_delay_ms(6, 0).has_value());
}

TEST_CASE("overdue alarms ring at most a hundred a second") {
  world w;
  for (int i = 0; i < 150; ++i) set_alarm(w, "object " + std::to_string(i), 1h);
  w.wall_ms += 7'200'000;
  w.crash();
  w.pass_time_committing(900ms);
  CHECK(w.observed.awake <= 100);
  CHECK(w.observed.awake >= 80);
  w.pass_time_committing(1s);
  CHECK(w.observed.awake == 150);
}
