#include <algorithm>
#include <utility>

#include "tests/simulation/room_model.hpp"
#include "tests/simulation/room_texts.hpp"
#include "tests/simulation/run_facts.hpp"

// What becomes of the turns: which of them the disk keeps, and who has to hear what of them.

namespace innkeeper::simulation {
namespace {

using expected = expectation::kind;
using storage::commit_outcome;

constexpr unsigned int normal_closure = 1000;
constexpr unsigned int internal_error = 1011;
constexpr unsigned int unavailable = 503;

/// Whether the object keeps what only memory has, and its connections.
bool undoes(commit_outcome outcome) {
  return outcome == commit_outcome::storage_full || outcome == commit_outcome::locked;
}

/// Nothing is on its way to it or from it.
bool has_heard_all(const guest& who) {
  return !who.left && !who.is_owed_something() && who.said.empty();
}

std::string number(std::uint64_t n) {
  return std::to_string(n);
}

}  // namespace

// ---- the disk

void room_model::wrote(batch_id batch) {
  if (line_.empty()) return complain("wrote without a turn");
  if (line_.back().batch) return complain("wrote twice in one turn");
  line_.back().batch = batch;
  judge_.note([&] { return name_ + ": writes batch " + number(batch); });
}

void room_model::committed(batch_id batch) {
  ++judge_.count.commits;
  judge_.note([&] { return name_ + ": batch " + number(batch) + " is on disk"; });
  const auto written = std::ranges::find(line_, batch, &turn::batch);
  if (written != line_.end()) {
    written->committed = true;
    if (written->after) committed_ = *written->after;
  } else if (const auto stray = strays_.find(batch); stray != strays_.end()) {
    committed_ = stray->second;
  }
  release();
}

void room_model::failed(batch_id batch, commit_outcome outcome) {
  judge_.note([&] { return name_ + ": batch " + number(batch) + " failed"; });
  ++(undoes(outcome) ? judge_.count.commits_refused : judge_.count.commits_rejected);
  const auto written = std::ranges::find(line_, batch, &turn::batch);
  if (written != line_.end()) written->failure = outcome;
  strays_.erase(batch);
  if (!undoes(outcome)) may_break_ = true;
}

void room_model::release() {
  while (!line_.empty()) {
    auto& first = line_.front();
    if (first.batch ? !first.committed : first.after.has_value()) break;
    for (auto& each : first.outputs) perform(each);
    line_.pop_front();
  }
  for (const auto& each : line_) {
    if (each.after && !each.batch) return complain("changed something and did not store it");
  }
}

// ---- who hears what

void room_model::perform(output& what) {
  using kind = output::kind;
  const auto found = guests.find(what.to);
  auto* to = found == guests.end() ? nullptr : found->second.get();
  const bool concerns_one = what.what == kind::role || what.what == kind::frame ||
                            what.what == kind::close || what.what == kind::refuse;
  if (concerns_one && to == nullptr) return complain("tells somebody who was never there");
  const auto tell_one = [&](guest& one) {
    if (one.admitted && !one.gone) one.expect(what.due);
  };
  switch (what.what) {
    case kind::admit:
      return admit(what);
    case kind::channels:
      channels_outside_[what.session] = std::move(what.channels);
      return;
    case kind::role:
      to->admin_outside = true;
      return;
    case kind::frame:
      return tell_one(*to);
    case kind::to_all:
      for (auto& [id, one] : guests) tell_one(*one);
      return;
    case kind::publish:
      for (auto& [id, one] : guests) {
        if (subscribes(one->session, what.where)) tell_one(*one);
      }
      return;
    case kind::to_admins:
      for (const auto id : what.admins) {
        if (guests.at(id)->admin_outside) tell_one(*guests.at(id));
      }
      return;
    case kind::close:
      to->expect({expected::close, "", normal_closure, 0});
      to->gone = true;
      return;
    case kind::refuse:
      to->expect({expected::refuse, "", unavailable, 0});
      to->gone = true;
      return;
    case kind::answer:
      what.asked->due = what.due.text;
      return;
    case kind::no_answer:
      what.asked->may_stay_open = true;
      return;
  }
}

void room_model::admit(output& what) {
  auto& who = *guests.at(what.to);
  channels_outside_[what.session] = std::move(what.channels);
  if (who.gone) return;
  who.admitted = true;
  who.expect({expected::accept, "", 0, 0});
}

bool room_model::subscribes(const std::string& session, const topic& to) const {
  const auto known = channels_outside_.find(session);
  if (known == channels_outside_.end()) return false;
  const auto event = known->second.find(to.event);
  if (event == known->second.end()) return false;
  return event->second.contains("all") || (to.id && event->second.contains(*to.id));
}

// ---- the lives of the object

void room_model::hydrated(std::int64_t now_ms) {
  judge_.note([&] { return name_ + ": wakes"; });
  ++judge_.count.wakes;
  now_ = committed_;
  if (std::exchange(memory_.loaded, true)) return;
  memory_.booted_ms = now_ms;
  memory_.increment_at_boot = now_.increment;
}

bool room_model::slept() {
  release();
  if (!line_.empty()) {
    undo_uncommitted();
    return false;
  }
  judge_.note([&] { return name_ + ": falls asleep"; });
  ++judge_.count.sleeps;
  for (auto& [id, who] : guests) {
    if (who->server_stops) {  // which lets rooms sleep while roles are on their way
      who->role_uncertain |= who->admin_outside && !has_heard_all(*who);
    } else if (!who->gone) {
      who->role_uncertain = false;
    }
    who->admin = who->admin_outside && !who->role_uncertain;
  }
  forget_memory_if_empty();
  return true;
}

void room_model::undo_uncommitted() {
  judge_.note([&] { return name_ + ": undoes what is not stored"; });
  const bool full = std::ranges::any_of(
      line_, [](const auto& each) { return each.failure && undoes(*each.failure); });
  if (!full) complain("dropped turns though the disk was not full");
  for (auto& each : std::exchange(line_, {})) {
    ++judge_.count.turns_undone;
    const bool waited = each.batch || !each.outputs.empty();
    if (!waited) continue;
    for (auto& instead : each.only_memory ? each.outputs : each.if_storage_full) perform(instead);
  }
  now_ = committed_;
  for (auto& [id, who] : guests) {
    who->role_uncertain |= who->admin_outside && !has_heard_all(*who);
    who->admin = who->admin_outside && !who->role_uncertain;
  }
  forget_memory_if_empty();
}

void room_model::forget_memory_if_empty() {
  if (memory_.joined.empty()) memory_ = {};
}

/// Everybody has to come back. What they were owed may or may not have left before.
void room_model::broke() {
  release();
  judge_.note([&] { return name_ + ": breaks"; });
  ++judge_.count.objects_broken;
  if (!std::exchange(may_break_, false)) complain("broke, and nothing had failed");
  for (auto& each : line_) {
    if (each.batch && each.after && !each.failure) strays_[*each.batch] = std::move(*each.after);
  }
  line_.clear();
  now_ = committed_;
  memory_ = {};
  for (auto& [id, who] : guests) {
    who->may_be_sent_away = true;
    who->role_uncertain = true;
    who->admin = false;
    if (!std::exchange(who->gone, who->joined) && who->admitted) {
      who->expect({expected::close, "", internal_error, 0});
    }
  }
  for (auto& each : questions) each->may_stay_open = true;
}

void room_model::crashed() {
  guests.clear();
  questions.clear();
  line_.clear();
  strays_.clear();
  channels_outside_.clear();
  now_ = committed_;
  memory_ = {};
  may_break_ = false;
}

bool room_model::wakes_for_nothing(room::connection_id id) const {
  const auto who = guests.find(id);
  if (who == guests.end() || who->second->said.empty()) return false;
  const auto& next = who->second->said.front();
  if (next.what != verb::other) return false;
  return std::ranges::none_of(memory_.relays,
                              [&](const auto& each) { return each.first == next.type; });
}

// ---- when nothing is under way

void room_model::check_quiet(const simulated_disk& disk, std::int64_t now_ms) {
  if (!line_.empty()) return complain("holds something back though nothing is under way");
  for (const auto& [id, who] : guests) {
    const auto name = "connection " + number(id);
    if (who->is_arriving()) return complain(name + " was neither let in nor refused");
    if (who->is_owed_something()) return complain(name + " never heard " + who->next_due());
    if (who->is_open() && !who->said.empty()) {
      return complain("a message of " + name + " was never handled: " + who->said.front().text);
    }
    if (who->missed_a_ping()) return complain(name + " was not pinged");
    const bool in_room = memory_.joined.contains(id);
    if (in_room && !who->is_open()) return complain(name + " is gone, and the room has not heard");
    if (who->is_open() && !in_room) return complain(name + " is open, and the room forgot it");
  }
  for (const auto& each : questions) {
    if (!each->answered) return complain("a question was never answered");
  }
  questions.clear();
  check_stored(disk, now_ms);
  check_alarm(disk);
}

void room_model::check_ended(const simulated_disk& disk, std::int64_t now_ms) {
  if (!line_.empty()) return complain("the server ended before all was stored");
  check_stored(disk, now_ms);
}

/// The alarm is never later than the first session that has to be forgotten.
void room_model::check_alarm(const simulated_disk& disk) {
  if (committed_.sessions.empty()) return;
  const auto first = std::ranges::min_element(
      committed_.sessions, {}, [](const auto& each) { return each.second.since_ms(); });
  const auto alarm = disk.alarm_of(name_);
  if (!alarm) return complain("has sessions and no alarm");
  if (*alarm > first->second.since_ms() + session_ttl_ms) complain("has its alarm too late");
}

}  // namespace innkeeper::simulation
