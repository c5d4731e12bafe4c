#pragma once

#include <vector>

#include "storage/group_writer.hpp"

/// Gathers what one loop submits during a turn and hands it to the writer at the turn's end. The
/// writer, which would begin with the first batch, has many for its next transaction that way, and
/// is woken once. Belongs to one loop and stays on its thread.
namespace innkeeper::storage {

class gathering_writer final : public batch_writer {
 public:
  /// `behind` outlives this.
  explicit gathering_writer(group_writer& behind) : behind_(behind) {}

  void submit(write_batch batch, commit_callback done) override;
  void take_note(std::int64_t object, std::uint64_t instance) override;
  bool is_behind() const override { return behind_.is_behind(); }

  /// The turn ends.
  void hand_over();

 private:
  group_writer& behind_;
  std::vector<group_writer::submission> gathered_;
};

}  // namespace innkeeper::storage
