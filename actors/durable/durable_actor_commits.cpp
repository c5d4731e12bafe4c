// The other half of durable_actor.cpp: batches on their way to the writer, and its answers.
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/durable/durable_actor.hpp"
#include "proto/digest.hpp"
#include "storage/failpoint.hpp"

namespace innkeeper::durable {
namespace {

/// One allocation for everything about a batch until it is settled. It does not keep the object
/// alive.
struct sent_batch : storage::write_batch {
  sent_batch(write_batch&& what, batch_number its_number, durable_actor& its_object)
      : write_batch(std::move(what)),
        number(its_number),
        object(its_object),
        keeper(its_object.ctrl()) {}

  /// Reports nothing to an object that has ended.
  void report(storage::commit_outcome outcome) const {
    auto kept = caf::actor_cast<caf::actor>(keeper);
    if (!kept) return;
    object.send_committed({{std::move(kept), object}, instance, number, outcome, alarm});
  }

  batch_number number;
  /// Valid only while its keeper lives.
  durable_actor& object;
  caf::weak_actor_ptr keeper;
};

}  // namespace

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
  hydrate_if_wanted();
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

/// Waiting for a slow disk is not idleness: clients receive these outputs only now, and may answer.
void durable_actor::say_what_waited(std::vector<object_output> released) {
  if (!released.empty()) active_ = clock().now();
  emit(std::move(released));
}

void durable_actor::start_afresh(attachments left_behind) {
  if (number_) shared_->writer.acknowledge_failure(*number_, instance_);
  object_.reset();
  awaits_rows_ = false;
  pending_.clear();
  left_behind_ = std::move(left_behind);
  instance_ = 0;  // batches in flight belong to no current instance
}

/// Unlike after a failed batch, the batches at the writer may still be committed.
void durable_actor::reset_after_fault(std::string_view why) {
  awaits_earlier_life_ = at_writer_ > 0;
  break_object(why);
}

/// Memory must never be ahead of disk: clients have to reconnect and read what is stored.
void durable_actor::break_object(std::string_view why) {
  shared_->observer.broke(*address_, why);
  gate_.clear();
  stash_.clear();
  untold_edits_.clear();  // all clients have to reconnect
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
