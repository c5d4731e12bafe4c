#include "transport/loop/timer_queue.hpp"

#include <memory>

#include <catch2/catch.hpp>

namespace innkeeper::transport {
namespace {

using clock = timer_queue::clock;

/// Whenever it is woken, it asks to be woken at a time that is over.
struct restless final : timer_handler {
  explicit restless(timer_queue& list) : alarms(list) {}
  void wake(clock::time_point now) override {
    ++wakes;
    alarms.add(now - std::chrono::hours(1), self);
  }

  timer_queue& alarms;
  std::weak_ptr<timer_handler> self;
  int wakes = 0;
};

struct counting final : timer_handler {
  void wake(clock::time_point now) override { woken_at = now; }
  clock::time_point woken_at{};
};

TEST_CASE("an alarm for a time that is over rings once in a turn, whatever it asks for then") {
  boost::asio::io_context io;
  timer_queue alarms(io);
  const auto who = std::make_shared<restless>(alarms);
  who->self = who;
  alarms.add(clock::now() - std::chrono::hours(1), who);
  for (int turn = 1; turn <= 3; ++turn) {
    REQUIRE(io.run_one() == 1);
    CHECK(who->wakes == turn);
  }
}

TEST_CASE("alarms ring when they are due, and not for those who are gone") {
  boost::asio::io_context io;
  timer_queue alarms(io);
  const auto due = clock::now() + std::chrono::milliseconds(5);
  const auto stays = std::make_shared<counting>();
  auto goes = std::make_shared<counting>();
  alarms.add(due + std::chrono::hours(1), stays);
  alarms.add(due, goes);
  alarms.add(due, stays);
  goes.reset();
  while (stays->woken_at == clock::time_point()) REQUIRE(io.run_one() == 1);
  CHECK(stays->woken_at >= due);
}

}  // namespace
}  // namespace innkeeper::transport
