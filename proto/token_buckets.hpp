#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "proto/rate_meter.hpp"

/// Limits a rate for each of many keys: one rate meter per key, all with one pace. Keeps only keys
/// whose bucket is not full. The caller passes the time. Not thread-safe.
namespace innkeeper::proto {

class token_buckets {
 public:
  /// `each` or `burst` of 0: no limit.
  token_buckets(std::size_t each, std::int64_t period_ms, std::size_t burst)
      : pace_{each, burst, std::chrono::milliseconds(period_ms)} {}

  /// Whether take() of one token would return true. Milliseconds, from any starting point.
  bool has(std::uint64_t key, std::int64_t now_ms) const;
  /// False if there are fewer tokens than `amount`; then nothing is taken. More than the burst
  /// counts as a burst, which needs a full bucket.
  bool take(std::uint64_t key, std::int64_t now_ms, std::size_t amount = 1);
  /// Takes the tokens in any case; missing ones become debt. False if some were missing.
  bool take_or_owe(std::uint64_t key, std::int64_t now_ms, std::size_t amount);

  bool is_limited() const { return pace_.is_limited(); }
  std::size_t size() const { return buckets_.size(); }

 private:
  using time_point = rate_meter::time_point;

  struct bucket {
    rate_meter meter;
    /// The latest time used; it never goes back, even if callers' clocks differ.
    time_point last;
  };

  bucket& found_at(std::uint64_t key, time_point now);
  void drop_full(time_point now);

  pace pace_;
  std::unordered_map<std::uint64_t, bucket> buckets_;
  std::size_t drop_at_ = 1024;
};

}  // namespace innkeeper::proto
