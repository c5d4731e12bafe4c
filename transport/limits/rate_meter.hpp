#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "transport/limits/connection_limits.hpp"

/// How much may come how fast. Time comes in as an argument. Plain values: any thread, one at a
/// time.
namespace innkeeper::transport {

/// `each_s` every second, and `burst` at once after a quiet time. `each_s` of 0: no limit.
struct pace {
  std::size_t each_s = 0;
  std::size_t burst = 0;
};

/// A bucket of tokens, kept as the moment when it is full again.
class rate_meter {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// False if it is too much now: then nothing has been taken. A full bucket gives any amount.
  bool take(time_point now, std::size_t amount, const pace& limit);
  bool is_full(time_point now) const { return full_at_ <= now; }
  /// Whether more than half of a burst is gone.
  bool is_half_empty(time_point now, const pace& limit) const;

 private:
  time_point full_at_{};
};

/// What becomes of one connection's messages.
class rate_guard {
 public:
  using time_point = rate_meter::time_point;

  enum class verdict {
    pass,
    /// Has no effect; the client is told so.
    refuse,
    /// Has no effect; the client has been told within the last second.
    ignore,
    /// As much again as a burst has been refused, and the client goes on: close.
    give_up,
  };

  /// One message, or, with `messages` of 0, more bytes of the last one.
  verdict take(time_point now, std::size_t bytes, const connection_limits& limits, bool is_admin,
               std::size_t messages = 1);
  /// What becomes of a message that others have left no place for.
  verdict turn_away(time_point now);

 private:
  rate_meter messages_;
  rate_meter bytes_;
  /// Since the last time when both were full.
  std::size_t refused_messages_ = 0;
  std::size_t refused_bytes_ = 0;
  time_point told_at_{};
};

}  // namespace innkeeper::transport
