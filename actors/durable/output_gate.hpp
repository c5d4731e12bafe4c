#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/fifo.hpp"

/// Holds an object's outputs until all writes before them are on disk, and keeps their order. So no
/// message reveals a write before that write is on disk. It has no thread and no clock.
namespace innkeeper::durable {

/// Numbers an object's write batches, from 1, in the order of its turns.
using batch_number = std::uint64_t;

class output_gate {
 public:
  using outputs = std::vector<object_output>;

  /// Holds the outputs of a turn that wrote batch `number`, which has to exceed all earlier
  /// numbers. `bytes` is the turn's size in memory.
  void hold(batch_number number, outputs held, outputs_maker if_storage_full,
            std::size_t bytes = 0);

  /// Takes the outputs of a turn that wrote nothing. Returns all of them if nothing is held, else
  /// none, and holds them.
  [[nodiscard]] outputs pass(outputs given, outputs_maker if_storage_full, std::size_t bytes = 0);

  /// Batches up to `number` are on disk. Returns the outputs that may leave now, in order.
  [[nodiscard]] outputs release(batch_number number);

  /// Drops all held outputs. Returns the outputs that replace them when the disk is full.
  [[nodiscard]] outputs drop();

  /// Drops all held outputs.
  void clear();

  bool empty() const { return turns_.empty(); }
  /// The number of held turns, and their total size in bytes.
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
