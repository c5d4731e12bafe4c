#pragma once

#include <cstddef>
#include <cstdint>

#include "proto/limits.hpp"

/// The size of a room's stored data, updated with each change, so that it is never recounted. No
/// I/O. On the room's loop.
namespace innkeeper::room {

class room_size {
 public:
  /// Each counter's value counts with its maximum length: sign, 34 digits, point.
  static constexpr std::int64_t counter_value_bytes = 36;

  room_size() = default;
  room_size(std::int64_t bytes, std::int64_t sessions) : bytes_(bytes), sessions_(sessions) {}

  std::int64_t bytes() const { return bytes_; }
  std::int64_t sessions() const { return sessions_; }

  /// A change that adds no bytes always fits.
  bool fits(std::int64_t more_bytes, std::size_t bytes_max) const {
    return more_bytes <= 0 ||
           !proto::is_over(static_cast<std::size_t>(bytes_ + more_bytes), bytes_max);
  }
  bool has_room_for_session(const proto::limits& bounds) const {
    return !proto::is_over(static_cast<std::size_t>(sessions_) + 1, bounds.sessions);
  }

  void add(std::int64_t bytes, std::int64_t sessions = 0) {
    bytes_ += bytes;
    sessions_ += sessions;
    changed_ = changed_ || bytes != 0 || sessions != 0;
  }
  /// Whether the size changed since the last call.
  bool take_changed() {
    const bool changed = changed_;
    changed_ = false;
    return changed;
  }

 private:
  std::int64_t bytes_ = 0;
  std::int64_t sessions_ = 0;
  bool changed_ = false;
};

inline std::int64_t signed_size(std::size_t bytes) {
  return static_cast<std::int64_t>(bytes);
}

}  // namespace innkeeper::room
