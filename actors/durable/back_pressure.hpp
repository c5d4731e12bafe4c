#pragma once

#include <cstddef>

/// When an object has taken on more than the disk has caught up with, and those who talk to it have
/// to wait. Pure: no actor, no clock.
namespace innkeeper::durable {

/// One over any of these and the object is congested: its sockets are not read until half of it has
/// drained. What was read before that still gets its turn, in order, so these are bounds of what is
/// asked for, not of what a hand full of messages on their way may add.
struct back_pressure_limits {
  /// Turns of one object that wait for a commit, theirs or an earlier one's.
  std::size_t turns_max = 4096;
  /// Bytes that one object's waiting turns want to write and to say. Well below what an outbox
  /// takes, because one commit may set all of it free for one socket.
  std::size_t bytes_max = std::size_t{1024} * 1024;
  /// Messages that wait for one object to read its rows, or to make up its mind about sleeping.
  std::size_t held_messages_max = 1024;
};

/// What waits for one object at the moment.
struct backlog {
  std::size_t turns = 0;
  std::size_t bytes = 0;
  std::size_t held_messages = 0;
  /// The writer has more to do than it should, whosever it is.
  bool disk_is_behind = false;
};

class back_pressure {
 public:
  explicit back_pressure(const back_pressure_limits& limits) : limits_(limits) {}

  /// True if this has changed whether the object is congested.
  [[nodiscard]] bool update(const backlog& now);
  bool congested() const { return congested_; }

 private:
  bool over(const backlog& now) const;
  bool drained(const backlog& now) const;

  back_pressure_limits limits_;
  bool congested_ = false;
};

}  // namespace innkeeper::durable
