#include "actors/durable/directory_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <utility>

#include "actors/durable/durable_actor.hpp"

namespace innkeeper::durable {

directory_actor::directory_actor(caf::actor_config& config, std::shared_ptr<const runtime> shared)
    : home_actor(config, shared->home),
      shared_(std::move(shared)),
      reports_(std::make_shared<batch_mailbox<batch_done>>(caf::actor_cast<caf::actor>(this))),
      directory_(*this, shared_) {
  set_down_handler([this](const caf::down_msg& down) { object_ended(down); });
}

caf::behavior directory_actor::make_behavior() {
  send(this, look_for_alarms{});
  return {
      [this](deliver& sent) { directory_.deliver_to(sent.to, sent.message); },
      [this](const batch_ready&) { tell_of_commits(); },
      [this](const hydrate_woken&) { directory_.hydrate_woken_objects(); },
      [this](slept& report) { directory_.fell_asleep(report); },
      [this](const stays_awake& report) { directory_.stayed_awake(report); },
      [this](const look_for_idle&) { directory_.look_for_idle_objects(); },
      [this](const alarm_stored& report) { directory_.alarm_was_stored(report); },
      [this](const look_for_alarms& armed) { directory_.look_for_alarms(armed.timer); },
      [this](const rows_edited& told) { directory_.rows_were_edited(*told.found); },
      [this](const drain& asked) {
        directory_.drain([this, whom = asked.whom] { send(whom, drained{}); });
      },
  };
}

void directory_actor::on_exit() {
  reports_->close();
  directory_.end();
}

std::shared_ptr<live_object> directory_actor::call_make(const address_ptr& who,
                                                        hibernated_row record,
                                                        attachments left_behind) {
  caf::actor_config config(context());
  const auto made = spawn_at_home<durable_actor, caf::lazy_init>(
      system(), config, shared_, who, record, std::move(left_behind),
      directory_post{caf::actor_cast<caf::actor>(this), reports_});
  monitor(made.actor());
  return {std::make_shared<caf::actor>(made.actor()), made.inside()};
}

directory_actor::time_point directory_actor::now() const {
  return clock().now();
}

void directory_actor::post_hydration() {
  send(this, hydrate_woken{});
}

void directory_actor::post_idle_look(time_point when) {
  delayed_send(this, when - now(), look_for_idle{});
}

void directory_actor::post_alarm_look(std::chrono::milliseconds wait, std::uint64_t timer) {
  delayed_send(this, wait, look_for_alarms{timer});
}

void directory_actor::post_outputs(object_outputs said) {
  shared_->sink.outputs->put(std::move(said));
}

void directory_actor::post_back_pressure(back_pressure_change news) {
  send(shared_->sink.actor, std::move(news));
}

/// One message reports a whole transaction's batches for objects of this loop.
void directory_actor::tell_of_commits() {
  for (const auto& report : reports_->take()) report.object->call_committed(report);
}

/// The actor monitors only its objects.
void directory_actor::object_ended(const caf::down_msg& down) {
  if (!down.reason || down.reason == caf::exit_reason::normal) return;
  directory_.ended(static_cast<durable_actor*>(caf::actor_cast<caf::abstract_actor*>(down.source)));
}

}  // namespace innkeeper::durable
