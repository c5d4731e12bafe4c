#include "transport/loop/timer_queue.hpp"

#include <utility>

namespace innkeeper::transport {
namespace {

/// The next full tick, so that alarms that are due at nearly the same time ring at the same.
timer_queue::clock::time_point rounded_up(timer_queue::clock::time_point due) {
  const auto since = due.time_since_epoch();
  const auto late = since % timer_queue::tick;
  return late == late.zero() ? due : due - late + timer_queue::tick;
}

}  // namespace

void timer_queue::add(clock::time_point due, std::weak_ptr<timer_handler> who) {
  alarms_.push({rounded_up(due), std::move(who)});
  arm();
}

void timer_queue::arm() {
  if (alarms_.empty() || alarms_.top().due >= armed_for_) return;
  armed_for_ = alarms_.top().due;
  pauses_.waits_for(armed_for_, clock::now());
  timer_.expires_at(armed_for_);
  timer_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) ring();
  });
}

void timer_queue::ring() {
  armed_for_ = clock::time_point::max();
  const auto now = clock::now();
  pauses_.rings(now);
  std::vector<std::weak_ptr<timer_handler>> due;
  for (; !alarms_.empty() && alarms_.top().due <= now; alarms_.pop()) {
    due.push_back(alarms_.top().who);
  }
  // Alarms that are set meanwhile, even for a time that is over, have to wait for the next ring.
  for (const auto& each : due) {
    if (const auto who = each.lock()) who->wake(now);
  }
  arm();
}

}  // namespace innkeeper::transport
