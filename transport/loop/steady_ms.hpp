#pragma once

#include <chrono>
#include <cstdint>

namespace innkeeper::transport {

/// The steady clock in milliseconds, as token buckets count time. Any thread.
inline std::int64_t steady_ms(
    std::chrono::steady_clock::time_point when = std::chrono::steady_clock::now()) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

}  // namespace innkeeper::transport
