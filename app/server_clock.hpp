#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

/// The server's own clock: it goes on where it was when the last server on the same file kept it,
/// and runs while a server runs, also while the machine sleeps. It never jumps, whatever becomes of
/// the time of day; a time without a server does not count. Any thread.
namespace innkeeper::app {

class server_clock {
 public:
  explicit server_clock(std::int64_t kept_ms);

  /// What it shows at a moment of the steady clock, which stands still while the machine sleeps.
  std::int64_t ms(std::chrono::steady_clock::time_point when) const;
  /// Looks how long the machine has slept. Now and then.
  void look();

 private:
  static std::chrono::milliseconds slept();

  std::int64_t kept_ms_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::milliseconds slept_before_ = slept();
  std::atomic<std::int64_t> slept_since_ms_{0};
};

}  // namespace innkeeper::app
