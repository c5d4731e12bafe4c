#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "storage/batch_writer.hpp"
#include "storage/hand_edits.hpp"
#include "storage/sqlite/commit_group.hpp"

/// Which batches may not be stored, for they were computed from a state that never came to be, or
/// is no more: those behind a failed batch of the same live instance, and those of instances that
/// know nothing of an edit by hand. On the writer's thread.
namespace innkeeper::storage {

class stale_batches {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The batch's outcome if it is stale.
  std::optional<commit_outcome> outcome_of(const write_batch& batch);

  /// What its instance submits behind it is stale until it knows.
  void failed(const write_batch& batch);
  /// After the group: nothing of a noted instance can come behind its note.
  void forget_noted(const commit_group& group);

  /// Batches of these objects are stale if their instances are earlier than `first_sound`.
  void edited(const hand_edits& all, std::uint64_t first_sound, time_point now);

 private:
  struct edited_object {
    std::uint64_t first_sound;
    time_point found;
  };

  bool is_behind_an_edit(const write_batch& batch);
  bool is_behind_a_failure(const write_batch& batch);

  /// Object -> the instance one of whose batches failed, until it knows.
  std::unordered_map<std::int64_t, std::uint64_t> failed_instances_;
  std::unordered_map<std::int64_t, edited_object> edited_objects_;
};

}  // namespace innkeeper::storage
