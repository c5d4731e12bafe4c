#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// Durations, counted in buckets that are at most 1.6 % wide, so that adding one costs a few
/// instructions whatever the number of samples. One thread.
namespace innkeeper::bench {

class histogram {
 public:
  void add(std::int64_t ns, std::uint64_t times = 1);
  std::uint64_t count() const { return count_; }
  std::int64_t max_ns() const { return max_ns_; }
  /// The smallest duration that `fraction` (0 to 1) of all samples do not exceed; 0 without any.
  std::int64_t quantile_ns(double fraction) const;

 private:
  static constexpr unsigned sub_bits = 6;
  static constexpr std::size_t bucket_count = (64 - sub_bits + 1) << sub_bits;

  static std::size_t bucket_of(std::uint64_t ns);
  static std::int64_t upper_end(std::size_t bucket);

  std::array<std::uint64_t, bucket_count> buckets_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ns_ = 0;
};

}  // namespace innkeeper::bench
