#include "actors/durable/durable_actor.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <caf/send.hpp>
#include <exception>
#include <utility>

#include "actors/durable/alarm_schedule.hpp"
#include "proto/admin_key.hpp"
#include "storage/failpoint.hpp"

namespace innkeeper::durable {
namespace {

/// One piece of memory for all that is to be known of a batch until it is settled. It does not hold
/// the object that holds it.
struct sent_batch : storage::write_batch {
  sent_batch(write_batch&& what, batch_number its_number, durable_actor& its_object)
      : write_batch(std::move(what)),
        number(its_number),
        object(its_object),
        keeper(its_object.ctrl()) {}

  /// To an object that is gone nothing is told.
  void report(storage::commit_outcome outcome) const {
    auto kept = caf::actor_cast<caf::actor>(keeper);
    if (!kept) return;
    object.send_committed({{std::move(kept), object}, instance, number, outcome, alarm});
  }

  batch_number number;
  /// To be followed while its keeper lives.
  durable_actor& object;
  caf::weak_actor_ptr keeper;
};

}  // namespace

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
        inbox_.take_all();  // it was put there before
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
  if (object_) {
    take_turn(message);
    return;
  }
  stash_.push_back(std::move(message));
  report_congestion();
  hydrate_if_wanted();
}

void durable_actor::hydrate_if_wanted() {
  if (stash_.empty() || hydrating_ || awaits_earlier_life_) return;
  hydrating_ = true;
  next_instance_ = shared_->numbers.next_instance++;
  send(this, hydrate_now{});
}

void durable_actor::hydrate() {
  hydrating_ = false;
  if (ended_) return;
  load();
  // If one of them breaks the object, those behind it were for connections that are closed by now.
  for (auto waiting = std::exchange(stash_, {}); object_ && !waiting.empty(); waiting.pop_front()) {
    receive(waiting.front());
  }
  report_congestion();
  if (end_when_quiet_) send(this, fall_asleep{true});
}

void durable_actor::load() {
  instance_ = next_instance_;
  const auto its = find_row();
  if (!its) return break_object(read_fault_);
  number_ = its->number == 0 ? std::nullopt : std::optional(its->number);
  alarm_ms_ = its->alarm_ms;
  alarm_attempt_ = its->alarm_attempt;
  auto object = kind_.make(*address_);
  storage::reach(storage::failpoint::in_hydrate);
  try {
    object->hydrate(now(overlaid_view(shared_->reader, number_, pending_)),
                    std::exchange(left_behind_, {}));
  } catch (const std::exception& error) {
    return reset_after_fault(error.what());
  }
  object_ = std::move(object);
}

std::optional<storage::stored_object> durable_actor::find_row() {
  // Once: if this life breaks, the next look is at the file.
  if (const auto kept = std::exchange(record_, {}).row()) return kept;
  const auto found = shared_->reader.find_object(kind_.name(), address_->name);
  if (!found) {
    read_fault_ = found.error().sentence;
    return std::nullopt;
  }
  return found->value_or(storage::stored_object());
}

void durable_actor::take_turn(object_message& message) {
  effects wanted;
  try {
    wanted = turn_for(message);
  } catch (const std::exception& error) {  // the disk fails reads, or the object has a bug
    return reset_after_fault(error.what());
  }
  if (wanted.alarm) {
    alarm_ms_ = wanted.alarm->due_ms;
    wanted.writes.alarm = {alarm_ms_, alarm_attempt_};
  }
  const bool has_effect = !wanted.writes.empty() || !wanted.outputs.empty();
  if (!has_effect) return;  // pings and the like keep nobody awake
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

/// The object's alarm may have been taken away, or moved, since the directory saw it due.
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

void durable_actor::store(effects& wanted) {
  const auto number = ++last_batch_;
  stamp(wanted.writes);
  const auto bytes = wanted.writes.bytes() + bytes_of(wanted.outputs);
  auto batch = std::make_shared<const sent_batch>(std::move(wanted.writes), number, *this);
  const auto* sent = batch.get();
  pending_.add(number, batch);
  gate_.hold(number, std::move(wanted.outputs), std::move(wanted.if_storage_full), bytes);
  ++at_writer_;
  shared_->writer.submit(std::move(batch),
                         [sent](storage::commit_outcome outcome) { sent->report(outcome); });
  report_congestion();
}

void durable_actor::stamp(storage::write_batch& batch) {
  if (!number_) {
    number_ = shared_->numbers.next_object++;
    batch.creation =
        storage::object_record{std::string(kind_.name()), address_->name,
                               proto::object_id(address_->name), shared_->wall_clock_ms()};
  }
  batch.object = *number_;
  batch.instance = instance_;
}

/// Ending and failing are for CAF's turns. Until then nobody hears of what may not be on disk.
void durable_actor::fail(std::exception_ptr why) {
  ended_ = true;
  send(this, mishap{std::move(why)});
}

void durable_actor::send_committed(batch_done what) const {
  reports_->put(std::move(what));
}

void durable_actor::call_committed(const batch_done& report) {
  beside_turns([&] { committed(report); });
}

void durable_actor::committed(const batch_done& report) {
  if (--at_writer_ == 0) awaits_earlier_life_ = false;
  const bool stored = report.outcome == storage::commit_outcome::committed;
  if (stored && report.alarm) send(directory_, alarm_stored{address_, report.alarm->due_ms});
  if (report.instance == instance_) conclude(report);
  if (!object_) hydrate_if_wanted();
  if (end_when_quiet_) send(this, fall_asleep{true});
}

void durable_actor::conclude(const batch_done& report) {
  switch (report.outcome) {
    case storage::commit_outcome::committed:
      pending_.forget(report.number);
      say_what_waited(gate_.release(report.number));
      if (gate_.empty()) untold_edits_.clear();
      break;
    case storage::commit_outcome::storage_full:
    case storage::commit_outcome::locked:
    case storage::commit_outcome::edited:
      drop_uncommitted();
      break;
    case storage::commit_outcome::rejected:
      break_object("a commit broke a rule of the file");
      break;
    case storage::commit_outcome::io_error:
      break_object("the disk failed a commit");
      break;
    case storage::commit_outcome::out_of_memory:
      break_object("there was no memory for a commit");
      break;
  }
  report_congestion();
}

void durable_actor::call_edited(object_message&& own_rows_edited) {
  beside_turns([&] {
    record_ = {};
    receive(own_rows_edited);
  });
}

/// What an instance has at the writer that knew nothing of the edit will be refused.
void durable_actor::forget_if_edited(const object_message& message) {
  const auto* edited = std::any_cast<own_rows_edited>(&message);
  if (edited == nullptr || !object_ || instance_ >= edited->first_sound) return;
  awaits_earlier_life_ = at_writer_ > 0;
  drop_uncommitted();
  report_congestion();
}

/// A slow disk is no idleness: those whom this concerns have yet to hear it, and may have asked for
/// more before they do.
void durable_actor::say_what_waited(std::vector<object_output> released) {
  if (!released.empty()) active_ = clock().now();
  emit(std::move(released));
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

void durable_actor::start_afresh(attachments left_behind) {
  if (number_) shared_->writer.acknowledge_failure(*number_, instance_);
  object_.reset();
  pending_.clear();
  left_behind_ = std::move(left_behind);
  instance_ = 0;  // no batch under way is this life's any more
}

/// Unlike behind a failed batch, what is at the writer now may still be committed.
void durable_actor::reset_after_fault(std::string_view why) {
  awaits_earlier_life_ = at_writer_ > 0;
  break_object(why);
}

/// Memory must never run ahead of disk: whoever is connected has to come back and see what is
/// stored.
void durable_actor::break_object(std::string_view why) {
  shared_->observer.broke(*address_, why);
  gate_.clear();
  stash_.clear();
  untold_edits_.clear();  // all clients have to come back
  start_afresh({});
  emit(kind_.when_broken());
  report_congestion();
}

void durable_actor::drop_uncommitted() {
  auto answers = gate_.drop();
  start_afresh(object_->sleep());
  emit(std::move(answers));
  if (untold_edits_.empty()) return;
  stash_.push_back(own_rows_edited{std::exchange(untold_edits_, {})});
  hydrate_if_wanted();
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

std::size_t durable_actor::bytes_of(const std::vector<object_output>& outputs) const {
  std::size_t bytes = 0;
  for (const auto& output : outputs) bytes += kind_.bytes_of(output);
  return bytes;
}

void durable_actor::report_congestion() {
  const backlog now{gate_.turns(), gate_.bytes(), stash_.size(), shared_->writer.is_behind()};
  if (!pressure_.update(now)) return;
  send(sink_.actor,
       back_pressure_change{address_, back_pressure_source::commits, pressure_.congested()});
}

void durable_actor::emit(std::vector<object_output> outputs) {
  if (outputs.empty()) return;
  storage::reach(storage::failpoint::before_frames_leave);
  sink_.outputs->put({address_, std::move(outputs)});
}

}  // namespace innkeeper::durable
