#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "storage/batch_writer.hpp"
#include "storage/hand_edits.hpp"
#include "storage/sqlite/commit_group.hpp"

/// Decides which batches must not be stored, because their state was never committed or is
/// outdated. One kind follows a failed batch of the same instance. The other is of instances that
/// were hydrated before an edit by hand. On the writer's thread.
namespace innkeeper::storage {

class stale_batches {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The batch's outcome if it is stale.
  std::optional<commit_outcome> outcome_of(const write_batch& batch);

  /// Later batches of its instance are stale until the instance acknowledges the failure.
  void failed(const write_batch& batch);
  /// To be called after each group. An instance submits nothing after its acknowledgement, so its
  /// failure is forgotten.
  void forget_noted(const commit_group& group);

  /// Batches of these objects are stale if their instance is lower than `first_sound`.
  void edited(const hand_edits& all, std::uint64_t first_sound, time_point now);

 private:
  struct edited_object {
    std::uint64_t first_sound;
    time_point found;
  };

  bool is_behind_an_edit(const write_batch& batch);
  bool is_behind_a_failure(const write_batch& batch);

  /// Object -> the instance with a failed batch, until it acknowledges.
  std::unordered_map<std::int64_t, std::uint64_t> failed_instances_;
  std::unordered_map<std::int64_t, edited_object> edited_objects_;
};

}  // namespace innkeeper::storage
