#pragma once

#include <chrono>
#include <cstddef>

/// How much may come how fast. A meter is a bucket of tokens, kept as the moment when it is full
/// again: one number, and nothing to do while nobody asks. Time comes in as an argument. Plain
/// values: any thread, one at a time.
namespace innkeeper::proto {

/// `each` every period, and `burst` at once after a quiet time. If one of them is 0: no limit.
struct pace {
  std::size_t each = 0;
  std::size_t burst = 0;
  std::chrono::nanoseconds period = std::chrono::seconds(1);

  bool is_limited() const { return each != 0 && burst != 0; }
};

class rate_meter {
 public:
  /// Of any clock: only what lies between two moments counts.
  using time_point = std::chrono::steady_clock::time_point;

  /// Whether take() would give true.
  bool has(time_point now, std::size_t amount, const pace& limit) const;
  /// False if it is too much now: then nothing has been taken. A full bucket gives any amount, and
  /// what is more than a burst is owed.
  bool take(time_point now, std::size_t amount, const pace& limit);
  /// Takes it in any case, what is not there as a debt; false if some was not.
  bool take_or_owe(time_point now, std::size_t amount, const pace& limit);

  bool is_full(time_point now) const { return full_at_ <= now; }
  /// Whether more than half of a burst is gone.
  bool is_half_empty(time_point now, const pace& limit) const;

 private:
  time_point full_at_{};
};

}  // namespace innkeeper::proto
