#pragma once

#include <chrono>
#include <cstddef>

/// Limits a rate. A meter is a token bucket, stored as the time when it is full again: one number,
/// without timers. The caller passes the time. Plain values: any thread, one at a time.
namespace innkeeper::proto {

/// `each` per period, and `burst` at once after a quiet time. If one of them is 0: no limit.
struct pace {
  std::size_t each = 0;
  std::size_t burst = 0;
  std::chrono::nanoseconds period = std::chrono::seconds(1);

  bool is_limited() const { return each != 0 && burst != 0; }
};

class rate_meter {
 public:
  /// Of any clock: only differences matter.
  using time_point = std::chrono::steady_clock::time_point;

  /// Whether take() would return true.
  bool has(time_point now, std::size_t amount, const pace& limit) const;
  /// False if `amount` is too much now; then nothing is taken. A full bucket allows any amount; the
  /// part beyond a burst becomes debt.
  bool take(time_point now, std::size_t amount, const pace& limit);
  /// Takes the amount in any case; missing tokens become debt. False if some were missing.
  bool take_or_owe(time_point now, std::size_t amount, const pace& limit);

  bool is_full(time_point now) const { return full_at_ <= now; }
  /// Whether more than half of a burst is used.
  bool is_half_empty(time_point now, const pace& limit) const;

 private:
  time_point full_at_{};
};

}  // namespace innkeeper::proto
