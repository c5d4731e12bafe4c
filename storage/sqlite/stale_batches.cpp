#include "storage/sqlite/stale_batches.hpp"

namespace innkeeper::storage {
namespace {

/// After this time no batch from before the edit is in flight.
constexpr std::chrono::seconds edit_remembered{60};
/// This many are kept before any is dropped; nothing is refused.
constexpr std::size_t edits_remembered_min = 10'000;

}  // namespace

std::optional<commit_outcome> stale_batches::outcome_of(const write_batch& batch) {
  if (is_behind_an_edit(batch)) return commit_outcome::edited;
  if (is_behind_a_failure(batch)) return commit_outcome::rejected;
  return std::nullopt;
}

void stale_batches::failed(const write_batch& batch) {
  failed_instances_[batch.object] = batch.instance;
}

void stale_batches::forget_noted(const commit_group& group) {
  for (const auto& each : group) {
    const auto found = failed_instances_.find(each.batch->object);
    if (!each.is_acknowledgement() || found == failed_instances_.end()) continue;
    if (found->second == each.batch->instance) failed_instances_.erase(found);
  }
}

void stale_batches::edited(const hand_edits& all, std::uint64_t first_sound, time_point now) {
  for (const auto& each : all) {
    edited_objects_.insert_or_assign(each.object, edited_object{first_sound, now});
  }
  if (edited_objects_.size() < edits_remembered_min) return;
  std::erase_if(edited_objects_,
                [&](const auto& each) { return now - each.second.found > edit_remembered; });
}

bool stale_batches::is_behind_an_edit(const write_batch& batch) {
  if (edited_objects_.empty()) return false;
  const auto found = edited_objects_.find(batch.object);
  if (found == edited_objects_.end()) return false;
  if (batch.instance < found->second.first_sound) return true;
  edited_objects_.erase(found);
  return false;
}

bool stale_batches::is_behind_a_failure(const write_batch& batch) {
  const auto found = failed_instances_.find(batch.object);
  if (found == failed_instances_.end()) return false;
  if (found->second == batch.instance) return true;
  failed_instances_.erase(found);  // the object has hydrated again
  return false;
}

}  // namespace innkeeper::storage
