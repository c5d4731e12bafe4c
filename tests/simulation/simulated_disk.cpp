#include "tests/simulation/simulated_disk.hpp"

#include <algorithm>

namespace innkeeper::simulation {

using storage::commit_outcome;

namespace {

storage::storage_error no_read() {
  return {"The simulated disk failed a read."};
}

std::string text_of(const storage::table& from, const storage::row& key) {
  std::string text(from.name);
  for (const auto& each : key) {
    if (const auto* words = std::get_if<std::string>(&each)) text += ' ' + *words;
    if (const auto* number = std::get_if<std::int64_t>(&each))
      text += ' ' + std::to_string(*number);
  }
  return text;
}

bool is_in(const storage::row_range& range, const storage::row& key) {
  if (!std::equal(range.prefix.begin(), range.prefix.end(), key.begin())) return false;
  if (range.begins_with.empty() && !range.after) return true;
  const auto& next = storage::as_text(key.at(range.prefix.size()));
  return next.starts_with(range.begins_with) && (!range.after || next > *range.after);
}

}  // namespace

// ---- writing

void simulated_disk::submit(storage::batch_ptr batch, storage::commit_callback done) {
  if (batch->creation) names_[batch->object] = batch->creation->name;
  const auto id = ++last_batch_;
  entry submitted{id, std::move(batch), std::move(done)};
  if (dead_) return lost_.push_back(std::move(submitted));
  listener_.submitted(name_of(submitted), id);
  queue_.push_back(std::move(submitted));
}

void simulated_disk::begin(std::size_t batches) {
  for (; batches > 0 && !queue_.empty(); --batches) {
    under_way_.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
}

void simulated_disk::finish(write_fault fault, std::size_t which) {
  auto group = std::exchange(under_way_, {});
  std::vector<commit_outcome> outcomes;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const bool at_fault = fault == write_fault::one_rejected && i == which % group.size();
    auto outcome = at_fault ? commit_outcome::rejected : commit_outcome::committed;
    if (fault == write_fault::storage_full) outcome = commit_outcome::storage_full;
    if (fault == write_fault::locked) outcome = commit_outcome::locked;
    if (fault == write_fault::io_error) outcome = commit_outcome::io_error;
    if (outcome == commit_outcome::committed) outcome = write(*group[i].batch);
    if (outcome != commit_outcome::committed) {
      failed_instances_[group[i].batch->object] = group[i].batch->instance;
    }
    outcomes.push_back(outcome);
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (outcomes[i] == commit_outcome::committed) {
      listener_.committed(name_of(group[i]), group[i].id);
    } else {
      listener_.failed(name_of(group[i]), group[i].id, outcomes[i]);
    }
  }
  for (std::size_t i = 0; i < group.size(); ++i) group[i].done(outcomes[i]);
}

commit_outcome simulated_disk::write(const storage::write_batch& batch) {
  if (is_behind_a_failure(batch) || !keeps_constraints(batch)) return commit_outcome::rejected;
  apply(batch);
  return commit_outcome::committed;
}

bool simulated_disk::is_behind_a_failure(const storage::write_batch& batch) {
  const auto failed = failed_instances_.find(batch.object);
  if (failed == failed_instances_.end()) return false;
  if (failed->second == batch.instance) return true;
  failed_instances_.erase(failed);
  return false;
}

/// Those of the schema: unique names, rows of known objects, tallies above 0.
bool simulated_disk::keeps_constraints(const storage::write_batch& batch) const {
  const bool known = objects_.contains(batch.object);
  if (!known && !batch.creation) return batch.writes.empty();
  if (!known && number_of(batch.creation->name)) return false;
  return std::ranges::none_of(batch.writes, [](const auto& write) {
    return write.into->name == "room_tallies" && write.columns &&
           storage::as_integer(write.columns->front()) <= 0;
  });
}

void simulated_disk::apply(const storage::write_batch& batch) {
  if (batch.creation) {
    objects_.try_emplace(batch.object,
                         known_object{batch.creation->kind, batch.creation->name, {}, 0});
  }
  for (const auto& write : batch.writes) {
    auto& table = tables_[{write.into->name, batch.object}];
    if (write.columns) {
      table.insert_or_assign(write.key, *write.columns);
    } else {
      table.erase(write.key);
    }
  }
  if (batch.alarm && objects_.contains(batch.object)) {
    objects_[batch.object].alarm_ms = batch.alarm->due_ms;
    objects_[batch.object].alarm_attempt = batch.alarm->attempt;
  }
}

// ---- reading

bool simulated_disk::read_fails(const std::string& name) {
  if (dead_) return true;
  if (reads_left_ == 0 || --reads_left_ > 0) return false;
  listener_.read_failed(name);
  return true;
}

std::optional<storage::storage_error> simulated_disk::fault_of_read(const std::string& name,
                                                                    const std::string& what) {
  if (read_fails(name)) return no_read();
  if (!late_ || here_.contains(what)) return std::nullopt;
  asked_for_.insert(what);
  return storage::storage_error{"The simulated rows are on their way.", true};
}

std::optional<storage::storage_error> simulated_disk::fault_of_read(std::int64_t object,
                                                                    const std::string& what) {
  const auto name = names_.find(object);
  return fault_of_read(name == names_.end() ? std::string() : name->second,
                       std::to_string(object) + ' ' + what);
}

std::size_t simulated_disk::bring_rows() {
  const auto come = asked_for_.size();
  here_.merge(asked_for_);
  asked_for_.clear();
  for (const auto& here : std::exchange(awaiting_, {})) here();
  return come;
}

void simulated_disk::lose_rows() {
  if (awaiting_.empty()) here_.clear();
}

storage::result<std::optional<storage::stored_object>> simulated_disk::find_object(
    std::string_view kind, std::string_view name) {
  if (const auto fault = fault_of_read(std::string(name), std::string(name))) return *fault;
  for (const auto& [number, known] : objects_) {
    if (known.kind == kind && known.name == name) {
      return storage::stored_object{number, known.alarm_ms, known.alarm_attempt};
    }
  }
  return std::optional<storage::stored_object>();
}

storage::result<std::optional<storage::row>> simulated_disk::get(const storage::table& from,
                                                                 std::int64_t object,
                                                                 const storage::row& key) {
  if (const auto fault = fault_of_read(object, text_of(from, key))) return *fault;
  const auto& table = rows_of(from.name, object);
  const auto found = table.find(key);
  if (found == table.end()) return std::optional<storage::row>();
  return std::optional(found->second);
}

storage::result<void> simulated_disk::visit(const storage::table& from, std::int64_t object,
                                            const storage::row_range& range,
                                            const storage::row_visitor& visitor) {
  const auto after = range.after.value_or("") + ' ' + std::to_string(range.limit);
  if (const auto fault = fault_of_read(object, text_of(from, range.prefix) + after)) return *fault;
  std::size_t shown = 0;
  for (const auto& [key, columns] : rows_of(from.name, object)) {
    if (!is_in(range, key)) continue;
    if (shown++ == range.limit) break;
    visitor(storage::views_of(key), storage::views_of(columns));
  }
  return {};
}

storage::result<std::vector<storage::due_alarm>> simulated_disk::alarms_until(std::int64_t until_ms,
                                                                              std::size_t limit) {
  if (dead_) return no_read();
  std::vector<storage::due_alarm> due;
  for (const auto& [number, known] : objects_) {
    if (known.alarm_ms && *known.alarm_ms <= until_ms) {
      due.push_back({known.kind, known.name, *known.alarm_ms});
    }
  }
  std::ranges::sort(due, {}, &storage::due_alarm::due_ms);
  if (due.size() > limit) due.resize(limit);
  return due;
}

// ---- crashes

void simulated_disk::crash(bool landed) {
  for (auto& each : under_way_) {
    if (landed && write(*each.batch) == commit_outcome::committed) {
      listener_.committed(name_of(each), each.id);
    }
    lost_.push_back(std::move(each));
  }
  for (auto& each : queue_) lost_.push_back(std::move(each));
  under_way_.clear();
  queue_.clear();
  failed_instances_.clear();
  dead_ = true;
}

void simulated_disk::send_everybody_away() {
  for (auto& each : std::exchange(lost_, {})) each.done(commit_outcome::io_error);
}

void simulated_disk::restart() {
  lost_.clear();
  dead_ = false;
  reads_left_ = 0;
  here_.clear();
  asked_for_.clear();
  awaiting_.clear();
}

// ---- what is stored

std::int64_t simulated_disk::last_object_number() const {
  return objects_.empty() ? 0 : objects_.rbegin()->first;
}

std::optional<std::int64_t> simulated_disk::number_of(const std::string& name) const {
  for (const auto& [number, known] : objects_) {
    if (known.name == name) return number;
  }
  return std::nullopt;
}

std::optional<std::int64_t> simulated_disk::alarm_of(const std::string& name) const {
  const auto number = number_of(name);
  return number ? objects_.at(*number).alarm_ms : std::nullopt;
}

const simulated_disk::rows& simulated_disk::rows_of(std::string_view table,
                                                    std::int64_t object) const {
  static const rows none;
  const auto found = tables_.find({table, object});
  return found == tables_.end() ? none : found->second;
}

}  // namespace innkeeper::simulation
