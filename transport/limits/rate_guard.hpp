#pragma once

#include <chrono>
#include <cstddef>

#include "proto/rate_meter.hpp"
#include "transport/limits/connection_limits.hpp"

/// How much one connection may send how fast, and what becomes of what is too much. Time comes in
/// as an argument. A plain value: any thread, one at a time.
namespace innkeeper::transport {

/// What becomes of one connection's messages.
class rate_guard {
 public:
  using time_point = proto::rate_meter::time_point;

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
  proto::rate_meter messages_;
  proto::rate_meter bytes_;
  /// Since the last time when both were full.
  std::size_t refused_messages_ = 0;
  std::size_t refused_bytes_ = 0;
  time_point told_at_{};
};

}  // namespace innkeeper::transport
