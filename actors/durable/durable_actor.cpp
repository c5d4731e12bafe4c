#include "actors/durable/durable_actor.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <caf/send.hpp>
#include <exception>
#include <utility>

#include "actors/durable/alarm_schedule.hpp"
#include "storage/failpoint.hpp"

namespace innkeeper::durable {

durable_actor::durable_actor(caf::actor_config& config, std::shared_ptr<const runtime> shared,
                             address_ptr address, hibernated_row record, attachments left_behind,
                             const directory_post& directory)
    : home_actor(config, shared->home),
      shared_(std::move(shared)),
      kind_(*address->kind),
      sink_(shared_->sink),
      address_(std::move(address)),
      directory_(directory.actor),
      reports_(directory.reports),
      record_(record),
      left_behind_(std::move(left_behind)),
      inbox_(*this, home(),
             [this](object_message& message) { beside_turns([&] { receive(message); }); }),
      next_instance_(shared_->numbers.next_instance++),
      pressure_(shared_->limits),
      active_(clock().now()) {}

caf::behavior durable_actor::make_behavior() {
  return {
      [this](const hydrate_now&) {
        const storage::reads_together rows(shared_->reader);
        hydrate();
      },
      [this](const fall_asleep& asked) {
        inbox_.take_all();  // these messages were posted before the request
        try_to_sleep(asked.at_once);
      },
      [](const mishap& its) { std::rethrow_exception(its.what); },
  };
}

void durable_actor::on_exit() {
  ended_ = true;
}

void durable_actor::receive(object_message& message) {
  if (ended_) return;
  forget_if_edited(message);
  const bool is_open = object_ && !awaits_rows_;
  if (is_open && take_turn(message)) return;
  if (is_open) {
    stash_.push_front(std::move(message));
  } else {
    stash_.push_back(std::move(message));
  }
  report_congestion();
  hydrate_if_wanted();
}

void durable_actor::hydrate_if_wanted() {
  if (object_ || stash_.empty() || hydrating_ || awaits_earlier_life_) return;
  hydrating_ = true;
  next_instance_ = shared_->numbers.next_instance++;
  send(this, hydrate_now{});
}

void durable_actor::hydrate() {
  hydrating_ = false;
  if (ended_) return;
  load();
  take_waiting_turns();
}

void durable_actor::load() {
  instance_ = next_instance_;
  try {
    make_object();
  } catch (const rows_not_here&) {
    hydrating_ = true;
    return await_rows();
  } catch (const std::exception& error) {  // the disk fails reads, or the object has a bug
    reset_after_fault(error.what());
  }
  record_ = {};  // after a break, the next hydration reads the file
}

void durable_actor::make_object() {
  const auto its = find_row();
  number_ = its.number == 0 ? std::nullopt : std::optional(its.number);
  alarm_ms_ = its.alarm_ms;
  alarm_attempt_ = its.alarm_attempt;
  auto object = kind_.make(*address_);
  storage::reach(storage::failpoint::in_hydrate);
  object->hydrate(now(overlaid_view(shared_->reader, number_, pending_)), std::move(left_behind_));
  left_behind_.reset();
  object_ = std::move(object);
}

storage::stored_object durable_actor::find_row() {
  if (const auto kept = record_.row()) return *kept;
  const auto found = shared_->reader.find_object(kind_.name(), address_->name);
  if (!found) throw_as_exception(found.error());
  return found->value_or(storage::stored_object());
}

void durable_actor::take_waiting_turns() {
  while (object_ && !awaits_rows_ && !stash_.empty()) {
    auto message = stash_.pop_front();
    forget_if_edited(message);
    // A turn that breaks the object has emptied the stash, and its connections are closed by now.
    if (!object_ || !take_turn(message)) stash_.push_front(std::move(message));
  }
  report_congestion();
  hydrate_if_wanted();
  if (end_when_quiet_) send(this, fall_asleep{true});
}

void durable_actor::await_rows() {
  awaits_rows_ = true;
  shared_->reader.when_here([this, keeper = caf::weak_actor_ptr(ctrl())] {
    if (caf::actor_cast<caf::strong_actor_ptr>(keeper)) call_rows_arrived();
  });
}

void durable_actor::call_rows_arrived() {
  beside_turns([this] {
    if (!std::exchange(awaits_rows_, false)) return;
    const storage::reads_together rows(shared_->reader);
    if (hydrating_) return hydrate();
    take_waiting_turns();
  });
}

bool durable_actor::take_turn(object_message& message) {
  effects wanted;
  try {
    wanted = turn_for(message);
  } catch (const rows_not_here&) {
    await_rows();
    return false;
  } catch (const std::exception& error) {  // the disk fails reads, or the object has a bug
    reset_after_fault(error.what());
    return true;
  }
  complete_turn(wanted, message);
  return true;
}

void durable_actor::complete_turn(effects& wanted, const object_message& message) {
  if (wanted.alarm) {
    alarm_ms_ = wanted.alarm->due_ms;
    wanted.writes.alarm = {alarm_ms_, alarm_attempt_};
  }
  const bool has_effect = !wanted.writes.empty() || !wanted.outputs.empty();
  if (!has_effect) return;  // messages without effects, such as pings, do not keep it awake
  if (wanted.is_activity) active_ = clock().now();
  if (!wanted.writes.empty()) return store(wanted);
  const auto bytes = gate_.empty() ? 0 : bytes_of(wanted.outputs);
  emit(gate_.pass(std::move(wanted.outputs), std::move(wanted.if_storage_full), bytes));
  if (gate_.empty()) return;
  if (const auto* edited = std::any_cast<own_rows_edited>(&message)) {
    untold_edits_.insert(untold_edits_.end(), edited->edits.begin(), edited->edits.end());
  }
  report_congestion();
}

effects durable_actor::turn_for(object_message& message) {
  if (std::any_cast<ring>(&message) != nullptr) return alarm_turn();
  if (const auto* edited = std::any_cast<own_rows_edited>(&message)) {
    return object_->on_hand_edits(edited->edits,
                                  now(overlaid_view(shared_->reader, number_, pending_)));
  }
  auto wanted = object_->handle(message, now(overlaid_view(shared_->reader, number_, pending_)));
  if (wanted.alarm) alarm_attempt_ = 0;
  return wanted;
}

/// The alarm may have been removed or moved since the directory found it due.
effects durable_actor::alarm_turn() {
  if (!alarm_ms_ || *alarm_ms_ > shared_->wall_clock_ms()) return {};
  effects wanted;
  try {
    wanted = object_->on_alarm(now(overlaid_view(shared_->reader, number_, pending_)));
    alarm_attempt_ = 0;
  } catch (const read_failure&) {
    throw;
  } catch (const std::exception&) {
    return failed_alarm();
  }
  if (!wanted.alarm) wanted.alarm = alarm_change{};
  return wanted;
}

effects durable_actor::failed_alarm() {
  effects wanted;
  const auto delay = alarm_retry_delay_ms(alarm_attempt_++, instance_ * 0x9E3779B97F4A7C15U);
  wanted.alarm = alarm_change{};
  if (delay) wanted.alarm->due_ms = shared_->wall_clock_ms() + *delay;
  return wanted;
}

/// An actor may end or fail only within CAF's turns, hence the message. Until then the object does
/// no work.
void durable_actor::fail(std::exception_ptr why) {
  ended_ = true;
  send(this, mishap{std::move(why)});
}

void durable_actor::call_edited(object_message&& own_rows_edited) {
  beside_turns([&] {
    record_ = {};
    receive(own_rows_edited);
  });
}

/// The writer refuses the batches of an instance that had not read the edit.
void durable_actor::forget_if_edited(const object_message& message) {
  const auto* edited = std::any_cast<own_rows_edited>(&message);
  if (edited == nullptr || !object_ || instance_ >= edited->first_sound) return;
  awaits_earlier_life_ = at_writer_ > 0;
  drop_uncommitted();
  report_congestion();
}

void durable_actor::post_fall_asleep(bool at_once) {
  send(this, fall_asleep{at_once});
}

void durable_actor::try_to_sleep(bool at_once) {
  if (ended_) return;
  const bool quiet = !awaits_earlier_life_ && gate_.empty() && stash_.empty() && !hydrating_;
  const bool idle = clock().now() - active_ >= shared_->hibernate_after;
  if (quiet && (at_once || idle)) return sleep_now();
  if (at_once) {
    end_when_quiet_ = true;
  } else {
    send(directory_, stays_awake{address_, active_});
  }
}

void durable_actor::sleep_now() {
  storage::reach(storage::failpoint::before_sleep);
  slept report{address_, {}, {}, number()};
  if (object_) {
    report.left_behind = object_->sleep();
    if (number_) report.record = hibernated_row({*number_, alarm_ms_, alarm_attempt_});
  } else {
    report.left_behind = std::move(left_behind_);
  }
  send(directory_, std::move(report));
  quit();
  storage::reach(storage::failpoint::after_sleep);
}

std::int64_t durable_actor::number() const {
  if (number_) return *number_;
  const auto kept = record_.row();
  return kept ? kept->number : 0;
}

turn durable_actor::now(const object_view& view) const {
  const auto wall_ms = shared_->wall_clock_ms();
  const auto& own_clock = shared_->server_clock_ms;
  return {wall_ms, view, alarm_ms_, own_clock ? own_clock() : wall_ms};
}

}  // namespace innkeeper::durable
