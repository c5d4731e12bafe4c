#pragma once

#include <chrono>
#include <cstdint>

/// Time as the load client counts it. Any thread.
namespace innkeeper::bench {

/// Nanoseconds of the monotonic clock.
inline std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

constexpr std::int64_t ns_per_second = 1'000'000'000;
/// How long a load runs before anything of it is counted.
constexpr std::int64_t warm_up_ns = ns_per_second / 5;

inline std::int64_t to_ns(double seconds) {
  return static_cast<std::int64_t>(seconds * static_cast<double>(ns_per_second));
}

inline double to_seconds(std::int64_t ns) {
  return static_cast<double>(ns) / static_cast<double>(ns_per_second);
}

}  // namespace innkeeper::bench
