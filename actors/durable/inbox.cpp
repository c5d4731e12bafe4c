#include "actors/durable/inbox.hpp"

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <utility>

namespace innkeeper::durable {
namespace {

/// Messages in a row before other work on the loop runs: outputs wait in memory until the sink
/// runs. It paces the turns; nothing is refused.
constexpr std::size_t messages_in_a_row_max = 32;

}  // namespace

inbox::inbox(caf::local_actor& owner, caf::execution_unit* home,
             std::function<void(object_message&)> take)
    : owner_(owner), home_(home), take_(std::move(take)) {}

void inbox::put(object_message&& message) {
  waiting_.push_back(std::move(message));
  if (std::exchange(to_be_run_, true)) return;
  intrusive_ptr_add_ref_impl();  // the scheduler releases it after the job has run
  if (home_ != nullptr) {
    home_->exec_later(this);
  } else {
    owner_.system().scheduler().enqueue(this);
  }
}

void inbox::take_first() {
  if (!waiting_.empty()) take_next();
}

void inbox::take_all() {
  while (!waiting_.empty()) take_next();
}

inbox::resume_result inbox::resume(caf::execution_unit*, std::size_t max_messages) {
  auto left = std::min(max_messages, messages_in_a_row_max);
  for (; left > 0 && !waiting_.empty(); --left) take_next();
  if (!waiting_.empty()) return resume_later;
  to_be_run_ = false;
  return done;
}

void inbox::take_next() {
  auto message = waiting_.pop_front();
  take_(message);
}

void inbox::intrusive_ptr_add_ref_impl() {
  caf::intrusive_ptr_add_ref(owner_.ctrl());
}

void inbox::intrusive_ptr_release_impl() {
  caf::intrusive_ptr_release(owner_.ctrl());
}

}  // namespace innkeeper::durable
