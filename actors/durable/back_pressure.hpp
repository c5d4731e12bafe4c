#pragma once

#include <cstddef>

/// Decides when senders to an object have to wait because the disk is behind. No actor, no clock.
namespace innkeeper::durable {

/// An object over any of these limits is congested: its sockets are not read until half has
/// drained. Messages read before that still get their turns, in order. So these limits bound
/// reading, and messages already in flight may exceed them.
struct back_pressure_limits {
  /// Turns of one object that wait for a commit, their own or an earlier one.
  std::size_t turns_max = 4096;
  /// Bytes of writes and outputs of one object's waiting turns. Well below an outbox's limit,
  /// because one commit may release all of them to one socket.
  std::size_t bytes_max = std::size_t{1024} * 1024;
  /// Messages that wait while one object reads its rows or decides whether it hibernates.
  std::size_t held_messages_max = 1024;
};

/// The work that one object has pending.
struct backlog {
  std::size_t turns = 0;
  std::size_t bytes = 0;
  std::size_t held_messages = 0;
  /// The writer is behind, with batches of any object.
  bool disk_is_behind = false;
};

class back_pressure {
 public:
  explicit back_pressure(const back_pressure_limits& limits) : limits_(limits) {}

  /// Returns true if the object has become congested or stopped being so.
  [[nodiscard]] bool update(const backlog& now);
  bool congested() const { return congested_; }

 private:
  bool over(const backlog& now) const;
  bool drained(const backlog& now) const;

  back_pressure_limits limits_;
  bool congested_ = false;
};

}  // namespace innkeeper::durable
