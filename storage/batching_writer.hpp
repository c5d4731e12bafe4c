#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "storage/batch_writer.hpp"

/// Collects one loop's batches while the loop is busy, and submits them together when it is idle.
/// So the writer has more batches for its next transaction, and is woken once. Belongs to one loop
/// and stays on its thread.
namespace innkeeper::storage {

class batching_writer final : public batch_writer {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `behind` has to outlive this.
  explicit batching_writer(batch_writer& behind) : behind_(behind) {}

  using batch_writer::submit;
  void submit(batch_ptr batch, commit_callback done) override;
  void acknowledge_failure(std::int64_t object, std::uint64_t instance) override;
  bool is_behind() const override { return behind_.is_behind(); }

  /// A busy loop submits its batches once there are this many, or the first is this old. This paces
  /// submission; nothing is refused.
  static constexpr std::size_t batches_max = 256;
  static constexpr std::chrono::milliseconds age_max{1};

  /// To be called when the loop may have more work.
  void turn_ended(time_point now);
  /// To be called when the loop is idle: submits all collected batches.
  void hand_over();

 private:
  batch_writer& behind_;
  /// The end of the first turn after the first collected batch; nothing if there is none.
  std::optional<time_point> since_;
  std::vector<submission> gathered_;
};

}  // namespace innkeeper::storage
