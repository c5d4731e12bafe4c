#include "actors/testing/lone_object.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "actors/testing/late_rows.hpp"

namespace innkeeper::testing {
namespace {

/// 2026-01-01 UTC, in milliseconds since 1970-01-01 UTC.
constexpr std::int64_t begin_ms = 1'767'225'600'000;
constexpr std::int64_t idle_max_ms = 10'000;
/// More alarms in one call mean that the alarm sets itself for the same moment endlessly.
constexpr int rings_max = 100'000;

}  // namespace

lone_object::lone_object(std::shared_ptr<const durable::object_kind> kind, std::string name)
    : kind_(std::move(kind)), address_{kind_.get(), std::move(name)}, now_ms_(begin_ms) {}

lone_object::outputs lone_object::tell(durable::object_message message) {
  if (!object_) {
    if (auto said = kind_->handle_hibernated(left_behind_, message)) return std::move(*said);
  }
  wake();
  return take_turn([&](const durable::turn& now) { return object_->handle(message, now); });
}

lone_object::outputs lone_object::let_pass(std::chrono::milliseconds duration) {
  const auto until_ms = now_ms_ + duration.count();
  outputs said;
  for (int rings = 0; alarm_ms_ && *alarm_ms_ <= until_ms; ++rings) {
    if (rings == rings_max) throw std::logic_error("The alarm never stops ringing.");
    move_to(std::max(now_ms_, *alarm_ms_));
    std::ranges::move(ring(), std::back_inserter(said));
    if (disk_is_full) break;
  }
  move_to(until_ms);
  return said;
}

void lone_object::sleep() {
  if (!object_) return;
  left_behind_ = object_->sleep();
  object_.reset();
}

void lone_object::restart() {
  object_.reset();
  left_behind_.reset();
}

void lone_object::wake() {
  if (object_) return;
  active_ms_ = now_ms_;
  run([this](const durable::turn& now) {
    auto made = kind_->make(address_);
    made->hydrate(now, std::move(left_behind_));
    object_ = std::move(made);
  });
  left_behind_.reset();
}

void lone_object::run(const std::function<void(const durable::turn&)>& turn) {
  if (!rows_come_late) return turn(now());
  with_late_rows(rows_, [&](const durable::object_view& late) {
    turn({now_ms_, late, alarm_ms_});
  });
}

void lone_object::move_to(std::int64_t time_ms) {
  now_ms_ = time_ms;
  if (now_ms_ - active_ms_ >= idle_max_ms) sleep();
}

lone_object::outputs lone_object::ring() {
  wake();
  return take_turn([&](const durable::turn& now) {
    auto wanted = object_->on_alarm(now);
    if (!wanted.alarm) wanted.alarm = durable::alarm_change{};
    return wanted;
  });
}

lone_object::outputs lone_object::take_turn(
    const std::function<durable::effects(const durable::turn&)>& turn) try {
  durable::effects wanted;
  run([&](const durable::turn& now) { wanted = turn(now); });
  const bool stores = wanted.alarm || !wanted.writes.empty();
  if (wanted.is_activity && (stores || !wanted.outputs.empty())) active_ms_ = now_ms_;
  if (stores && disk_is_full) {
    sleep();
    return wanted.if_storage_full ? wanted.if_storage_full() : outputs();
  }
  rows_.apply(wanted.writes);
  if (wanted.alarm) alarm_ms_ = wanted.alarm->due_ms;
  return std::move(wanted.outputs);
} catch (...) {
  restart();
  throw;
}

}  // namespace innkeeper::testing
