#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

/// How often something may happen for each of many keys: `burst` times at once and then `each`
/// times every `period_ms`. Keeps only keys that have not yet got all their tokens back. Time comes
/// in as an argument. Not for two threads at a time.
namespace innkeeper::proto {

class token_buckets {
 public:
  /// `each` or `burst` of 0: no limit.
  token_buckets(std::size_t each, std::int64_t period_ms, std::size_t burst)
      : per_ms_(static_cast<double>(each) / static_cast<double>(period_ms)),
        burst_(each == 0 ? 0 : static_cast<double>(burst)) {}

  /// Whether take() would give true. Milliseconds, from any beginning.
  bool has(std::uint64_t key, std::int64_t now_ms) const;
  /// False if there are fewer tokens than `amount`: then nothing has been taken. More than the
  /// burst is given when all tokens are there.
  bool take(std::uint64_t key, std::int64_t now_ms, std::size_t amount = 1);
  /// Takes them in any case, those that are not there as a debt; false if some were not.
  bool take_or_owe(std::uint64_t key, std::int64_t now_ms, std::size_t amount);

  bool is_limited() const { return burst_ != 0; }
  std::size_t size() const { return buckets_.size(); }

 private:
  struct bucket {
    double tokens = 0;
    std::int64_t as_of_ms = 0;
  };

  bucket& found_or_full(std::uint64_t key, std::int64_t now_ms);
  double tokens_at(const bucket& b, std::int64_t now_ms) const;
  void drop_full(std::int64_t now_ms);

  double per_ms_;
  double burst_;
  std::unordered_map<std::uint64_t, bucket> buckets_;
  std::size_t drop_at_ = 1024;
};

}  // namespace innkeeper::proto
