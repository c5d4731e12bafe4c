#include "transport/loop/loop_clock.hpp"

#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "transport/loop/loop.hpp"

namespace innkeeper::transport {

using base = caf::detail::simple_actor_clock;

loop_clock::loop_clock(loop& home) : home_(home), timer_(home.io()) {}

loop_clock::time_point loop_clock::now() const noexcept {
  auto* here = loop::of_this_thread();
  const bool asks_itself = here == &home_ && triggering_;
  return here == nullptr || asks_itself ? base::now() : here->now();
}

template <class F>
void loop_clock::on_loop(F change) {
  if (home_.is_current_thread()) {
    change();
    arm();
    return;
  }
  boost::asio::post(home_.io(), [this, change = std::move(change)]() mutable {
    change();
    arm();
  });
}

void loop_clock::arm() {
  if (schedule_.empty()) return;
  const auto due = schedule_.begin()->first;
  if (armed_ && armed_for_ <= due) return;
  armed_ = true;
  armed_for_ = due;
  timer_.expires_at(due);
  timer_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled) return;
    armed_ = false;
    triggering_ = true;
    trigger_expired_timeouts();
    triggering_ = false;
    arm();
  });
}

void loop_clock::set_ordinary_timeout(time_point due, caf::abstract_actor* actor,
                                      caf::atom_value type, uint64_t id) {
  on_loop([this, due, kept = caf::strong_actor_ptr(actor->ctrl()), type, id] {
    base::set_ordinary_timeout(due, kept->get(), type, id);
  });
}

void loop_clock::set_request_timeout(time_point due, caf::abstract_actor* actor,
                                     caf::message_id id) {
  on_loop([this, due, kept = caf::strong_actor_ptr(actor->ctrl()), id] {
    base::set_request_timeout(due, kept->get(), id);
  });
}

void loop_clock::set_multi_timeout(time_point due, caf::abstract_actor* actor, caf::atom_value type,
                                   uint64_t id) {
  on_loop([this, due, kept = caf::strong_actor_ptr(actor->ctrl()), type, id] {
    base::set_multi_timeout(due, kept->get(), type, id);
  });
}

// Cancellations may come from an actor whose reference count is 0 already: they go by its id, for a
// strong reference would bring it back to life.

void loop_clock::cancel_ordinary_timeout(caf::abstract_actor* actor, caf::atom_value type) {
  on_loop([this, id = actor->id(), type] {
    base::handle(base::ordinary_timeout_cancellation{id, type});
  });
}

void loop_clock::cancel_request_timeout(caf::abstract_actor* actor, caf::message_id id) {
  on_loop([this, actor_id = actor->id(), id] {
    base::handle(base::request_timeout_cancellation{actor_id, id});
  });
}

void loop_clock::cancel_timeouts(caf::abstract_actor* actor) {
  on_loop([this, id = actor->id()] { base::handle(base::timeouts_cancellation{id}); });
}

void loop_clock::schedule_message(time_point due, caf::strong_actor_ptr receiver,
                                  caf::mailbox_element_ptr content) {
  auto kept = std::make_shared<caf::mailbox_element_ptr>(std::move(content));
  on_loop([this, due, receiver = std::move(receiver), kept]() mutable {
    base::schedule_message(due, std::move(receiver), std::move(*kept));
  });
}

void loop_clock::schedule_message(time_point due, caf::group target, caf::strong_actor_ptr sender,
                                  caf::message content) {
  on_loop([this, due, target = std::move(target), sender = std::move(sender),
           content = std::move(content)]() mutable {
    base::schedule_message(due, std::move(target), std::move(sender), std::move(content));
  });
}

void loop_clock::cancel_all() {
  on_loop([this] {
    base::cancel_all();
    timer_.cancel();
  });
}

}  // namespace innkeeper::transport
