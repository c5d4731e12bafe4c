#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "storage/batch_writer.hpp"

/// Gathers what one loop submits while it has other things to do, and hands it to the writer when
/// it has not. The writer, which would begin with the first batch, has many for its next
/// transaction that way, and is woken once. Belongs to one loop and stays on its thread.
namespace innkeeper::storage {

class batching_writer final : public batch_writer {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `behind` outlives this.
  explicit batching_writer(batch_writer& behind) : behind_(behind) {}

  using batch_writer::submit;
  void submit(batch_ptr batch, commit_callback done) override;
  void acknowledge_failure(std::int64_t object, std::uint64_t instance) override;
  bool is_behind() const override { return behind_.is_behind(); }

  /// What a busy loop has gathered is handed over once it is this many batches, or this old.
  /// Paces the handing over; nothing is refused at it.
  static constexpr std::size_t batches_max = 256;
  static constexpr std::chrono::milliseconds age_max{1};

  /// There may be more to do at once.
  void turn_ended(time_point now);
  /// There is not.
  void hand_over();

 private:
  batch_writer& behind_;
  /// When the first turn ended behind the first of them; only while there are any.
  std::optional<time_point> since_;
  std::vector<submission> gathered_;
};

}  // namespace innkeeper::storage
