#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/fifo.hpp"

/// Keeps an object's outputs back until every write that came before them is on disk, and keeps
/// their order. Promise 1 of the design lives here. No thread of its own, no clock.
namespace innkeeper::durable {

/// Numbers an object's write batches, from 1, in the order of its turns.
using batch_number = std::uint64_t;

class output_gate {
 public:
  using outputs = std::vector<object_output>;

  /// Outputs of a turn that wrote batch `number`, which has to be larger than any before. `bytes`
  /// is what the turn weighs until it leaves.
  void hold(batch_number number, outputs held, outputs_maker if_storage_full,
            std::size_t bytes = 0);

  /// Outputs of a turn that wrote nothing: those that may leave now, which is all or none.
  [[nodiscard]] outputs pass(outputs given, outputs_maker if_storage_full, std::size_t bytes = 0);

  /// Batches up to `number` are on disk: what may leave now, in order.
  [[nodiscard]] outputs release(batch_number number);

  /// Forgets what is held. Gives what is to leave instead, as for a full disk.
  [[nodiscard]] outputs drop();

  /// Forgets what is held, without a word.
  void clear();

  bool empty() const { return turns_.empty(); }
  /// Turns that are held, and what they weigh together.
  std::size_t turns() const { return turns_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct held_turn {
    /// The batch that has to be on disk before this turn's outputs leave.
    batch_number number;
    outputs held;
    outputs_maker if_storage_full;
    std::size_t bytes;
  };

  fifo<held_turn> turns_;
  std::size_t bytes_ = 0;
};

}  // namespace innkeeper::durable
