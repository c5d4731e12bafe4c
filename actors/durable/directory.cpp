#include "actors/durable/directory.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <utility>

#include "actors/durable/runtime.hpp"

namespace innkeeper::durable {
namespace {

/// Overdue alarms, such as those after downtime, ring at most 100 times a second. So current
/// messages do not wait for them.
constexpr std::size_t alarms_per_tick_max = 10;
constexpr std::int64_t alarm_tick_ms = 100;
/// How far ahead alarms are read from the file, in milliseconds.
constexpr std::int64_t alarm_window_ms = 60'000;
/// Further alarms stay in the file and are read later: none is refused.
constexpr std::size_t alarms_in_memory_max = 10'000;
/// Hydrations in a row before other work on the loop runs. It paces the loop; nothing is refused.
constexpr std::size_t hydrations_together_max = 32;

}  // namespace

directory::directory(object_host& host, std::shared_ptr<const runtime> shared)
    : host_(host), shared_(std::move(shared)) {}

void directory::deliver_to(const address_ptr& who, object_message& message) {
  route(entry_of(who), message);
}

void directory::call_route(cached_route& there, object_message& message) {
  if (ended_) return;
  if (there.as_of != state_) {
    there.place = &entry_of(there.to);
    there.as_of = state_;
  }
  route(*there.place, message);
}

void directory::end() {
  ended_ = true;
  woken_.clear();
}

directory::entry& directory::entry_of(const address_ptr& who) {
  auto& found = entries_[who.get()];
  if (!found.address) found.address = who;
  return found;
}

void directory::route(entry& to, object_message& message) {
  if (to.awake && to.awake->falling_asleep) return hold(to, message);
  if (!to.awake) {
    if (handle_hibernated(to, message)) return erase_if_nothing_left(to);
    wake(to);
  }
  to.awake->live->post_message(std::move(message));
  if (draining_) ask_to_sleep(to, true);
}

void directory::hold(entry& undecided, object_message& message) {
  auto& held = undecided.awake->held;
  held.push_back(std::move(message));
  if (held.size() > shared_->limits.held_messages_max) report_congestion(undecided, true);
}

void directory::report_congestion(entry& of, bool congested) {
  if (std::exchange(of.awake->congested, congested) == congested) return;
  host_.post_back_pressure({of.address, back_pressure_source::waking, congested});
}

bool directory::handle_hibernated(entry& sleeping, object_message& message) {
  if (std::any_cast<ring>(&message) != nullptr) return false;
  if (std::any_cast<own_rows_edited>(&message) != nullptr) return false;
  const bool had_attachments = sleeping.left_behind.has_value();
  const auto& address = sleeping.address;
  const auto& kind = *address->kind;
  std::optional<std::vector<object_output>> outputs;
  try {
    outputs = kind.handle_hibernated(sleeping.left_behind, message);
  } catch (const std::exception&) {  // as for an awake object
    outputs = kind.when_broken();
    sleeping.left_behind.reset();
  }
  if (!outputs) return false;
  if (!outputs->empty()) host_.post_outputs({address, std::move(*outputs)});
  if (had_attachments && !sleeping.left_behind.has_value()) shared_->observer.asleep_changed(-1);
  return true;
}

void directory::wake(entry& sleeping) {
  auto left_behind = std::exchange(sleeping.left_behind, {});
  if (left_behind.has_value()) shared_->observer.asleep_changed(-1);
  sleeping.awake = std::make_unique<entry::wakefulness>();
  sleeping.awake->live =
      host_.call_make(sleeping.address, std::exchange(sleeping.record, {}), std::move(left_behind));
  if (woken_.empty()) host_.post_hydration();
  woken_.push_back(sleeping.awake->live);
  ++awake_;
  shared_->observer.awake_changed(+1);
  schedule_look(sleeping, host_.now() + shared_->hibernate_after);
}

/// Several objects share one read transaction, because starting one locks and unlocks the file.
void directory::hydrate_woken_objects() {
  const storage::reads_together rows(shared_->reader);
  for (auto left = hydrations_together_max; left > 0 && !woken_.empty(); --left) {
    woken_.pop_front()->call_hydrate();
  }
  if (!woken_.empty()) host_.post_hydration();
}

void directory::fell_asleep(slept& report) {
  const auto found = entries_.find(*report.who);
  if (found == entries_.end() || !found->second.awake) return;
  auto& sleeping = found->second;
  looks_.erase({sleeping.awake->look_at, sleeping.address});
  report_congestion(sleeping, false);
  auto held = std::move(sleeping.awake->held);
  if (sleeping.awake->is_edited) report.record = {};
  sleeping.awake = nullptr;
  --awake_;
  shared_->observer.awake_changed(-1);
  keep(sleeping, report);
  const auto address = sleeping.address;
  erase_if_nothing_left(sleeping);
  route_held(address, std::move(held));
  report_if_drained();
}

void directory::stayed_awake(const stays_awake& report) {
  const auto found = entries_.find(*report.who);
  if (found == entries_.end() || !found->second.awake) return;
  if (draining_) return;  // it was asked again, and answers `slept` to that
  auto& awake = found->second;
  awake.awake->falling_asleep = false;
  awake.awake->is_edited = false;
  // Never in the past: otherwise an object with pending writes would be asked again and again.
  const auto soonest = host_.now() + shared_->hibernate_after / 8;
  schedule_look(awake, std::max(report.active + shared_->hibernate_after, soonest));
  report_congestion(awake, false);
  route_held(awake.address, std::exchange(awake.awake->held, {}));
}

void directory::ended(const live_object* which) {
  const auto found = std::ranges::find_if(entries_, [which](const auto& known) {
    const auto& awake = known.second.awake;
    return awake && awake->live.get() == which;
  });
  if (found == entries_.end()) return;
  const auto address = found->second.address;
  host_.post_outputs({address, address->kind->when_broken()});
  host_.post_back_pressure({address, back_pressure_source::commits, false});
  slept report{address, {}, {}, 0};
  fell_asleep(report);
}

void directory::route_held(const address_ptr& to, std::vector<object_message> held) {
  for (auto& message : held) route(entry_of(to), message);
}

void directory::keep(entry& of, slept& report) {
  of.left_behind = std::move(report.left_behind);
  of.record = report.record;
  of.number = report.number;
  if (of.left_behind.has_value()) shared_->observer.asleep_changed(+1);
}

void directory::erase_if_nothing_left(const entry& of) {
  if (of.awake || of.left_behind.has_value()) return;
  const auto address = of.address;  // the key of the entry: it has to outlive the entry
  entries_.erase(entries_.find(*address));
  ++state_;
}

void directory::schedule_look(entry& awake, time_point when) {
  looks_.erase({awake.awake->look_at, awake.address});
  awake.awake->look_at = when;
  looks_.emplace(when, awake.address);
  arm_timer();
}

void directory::arm_timer() {
  if (timer_armed_ || looks_.empty()) return;
  timer_armed_ = true;
  host_.post_idle_look(looks_.begin()->first);
}

void directory::look_for_idle_objects() {
  timer_armed_ = false;
  const auto now = host_.now();
  while (!looks_.empty() && looks_.begin()->first <= now) {
    const auto who = looks_.begin()->second;
    looks_.erase(looks_.begin());
    if (!draining_) ask_to_sleep(entries_.at(who.get()), false);
  }
  arm_timer();
}

void directory::alarm_was_stored(const alarm_stored& report) {
  if (!report.due_ms) return alarms_.remove(*report.who);
  // A later alarm is read from the file when it is due soon.
  if (*report.due_ms > alarms_read_until_ms_) return alarms_.remove(*report.who);
  alarms_.set(report.who, *report.due_ms);
  if (alarms_.next_ms() == report.due_ms) arm_alarm_timer();
}

void directory::look_for_alarms(std::uint64_t timer) {
  if (timer == alarm_timer_) ring_due_alarms();
}

void directory::ring_due_alarms() {
  if (draining_) return;
  const auto now = shared_->wall_clock_ms();
  if (now + alarm_window_ms / 2 >= alarms_read_until_ms_) read_coming_alarms();
  for (const auto& who : alarms_.take_due(now, alarms_per_tick_max)) {
    object_message message = ring{};
    auto& its = entry_of(who);
    its.record = {};  // the file has the due time: the object reads it there
    route(its, message);
  }
  arm_alarm_timer();
}

/// An alarm whose turn failed is still in the file, so this reads it again.
void directory::read_coming_alarms() {
  const auto until = shared_->wall_clock_ms() + alarm_window_ms;
  const auto coming = shared_->reader.alarms_until(until, alarms_in_memory_max);
  if (!coming) return;  // the disk failed: the next check retries
  for (const auto& [kind, name, due_ms] : *coming) {
    const auto* its_kind = shared_->find_kind(kind);
    if (its_kind == nullptr) continue;
    const auto who = std::make_shared<const object_address>(object_address{its_kind, name});
    if (shared_->is_home(*who)) alarms_.set(who, due_ms);
  }
  const bool all = coming->size() < alarms_in_memory_max;
  alarms_read_until_ms_ = all ? until : coming->back().due_ms;
}

void directory::arm_alarm_timer() {
  const auto now = shared_->wall_clock_ms();
  const auto latest = now + alarm_window_ms / 2;  // when to read the file again
  const auto next = std::min(alarms_.next_ms().value_or(latest), latest);
  const auto wait = std::max(next - now, alarm_tick_ms);
  host_.post_alarm_look(std::chrono::milliseconds(wait), ++alarm_timer_);
}

/// Scans the whole table, because edits by hand are rare. An object outside the table has no state
/// in memory that could be stale.
void directory::rows_were_edited(const storage::found_edits& found) {
  if (draining_) return;
  std::map<std::int64_t, storage::hand_edits> by_object;
  for (const auto& each : found.all) by_object[each.object].push_back(each);
  std::vector<std::pair<address_ptr, std::int64_t>> meant;
  for (const auto& [_, known] : entries_) {
    const auto number = known.awake ? known.awake->live->number() : known.number;
    if (by_object.contains(number)) meant.emplace_back(known.address, number);
  }
  for (const auto& [address, number] : meant) {
    tell_of_edits(entry_of(address), {by_object.at(number), found.first_sound});
  }
}

void directory::tell_of_edits(entry& edited, own_rows_edited&& its) {
  edited.record = {};
  object_message message = std::move(its);
  if (edited.awake && edited.awake->falling_asleep) {
    edited.awake->is_edited = true;
    return hold(edited, message);
  }
  if (!edited.awake) wake(edited);
  edited.awake->live->call_edited(std::move(message));
}

void directory::ask_to_sleep(entry& awake, bool at_once) {
  awake.awake->falling_asleep = true;
  awake.awake->live->post_fall_asleep(at_once);
}

void directory::drain(std::function<void()> drained) {
  draining_ = true;
  drain_listeners_.push_back(std::move(drained));
  for (auto& [address, known] : entries_) {
    if (known.awake) ask_to_sleep(known, true);
  }
  report_if_drained();
}

void directory::report_if_drained() {
  if (awake_ > 0) return;
  for (const auto& tell : std::exchange(drain_listeners_, {})) tell();
}

}  // namespace innkeeper::durable
