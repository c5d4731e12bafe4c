#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "proto/rate_meter.hpp"

/// How often something may happen for each of many keys: a rate meter for each, all of one pace.
/// Keeps only keys that have not yet got all their tokens back. Time comes in as an argument. Not
/// for two threads at a time.
namespace innkeeper::proto {

class token_buckets {
 public:
  /// `each` or `burst` of 0: no limit.
  token_buckets(std::size_t each, std::int64_t period_ms, std::size_t burst)
      : pace_{each, burst, std::chrono::milliseconds(period_ms)} {}

  /// Whether take() would give true. Milliseconds, from any beginning.
  bool has(std::uint64_t key, std::int64_t now_ms) const;
  /// False if there are fewer tokens than `amount`: then nothing has been taken. More than the
  /// burst counts as a burst: it is given when all tokens are there.
  bool take(std::uint64_t key, std::int64_t now_ms, std::size_t amount = 1);
  /// Takes them in any case, those that are not there as a debt; false if some were not.
  bool take_or_owe(std::uint64_t key, std::int64_t now_ms, std::size_t amount);

  bool is_limited() const { return pace_.is_limited(); }
  std::size_t size() const { return buckets_.size(); }

 private:
  using time_point = rate_meter::time_point;

  struct bucket {
    rate_meter meter;
    /// Its time never goes back, whatever the clocks of those who come to it say.
    time_point last;
  };

  bucket& found_at(std::uint64_t key, time_point now);
  void drop_full(time_point now);

  pace pace_;
  std::unordered_map<std::uint64_t, bucket> buckets_;
  std::size_t drop_at_ = 1024;
};

}  // namespace innkeeper::proto
