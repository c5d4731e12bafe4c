#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace innkeeper::bench {

void histogram::add(std::int64_t ns, std::uint64_t times) {
  const auto value = std::max<std::int64_t>(ns, 0);
  buckets_[bucket_of(static_cast<std::uint64_t>(value))] += times;
  count_ += times;
  max_ns_ = std::max(max_ns_, value);
}

std::int64_t histogram::quantile_ns(double fraction) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted && seen > 0) return std::min(upper_end(i), max_ns_);
  }
  return 0;
}

/// Exact up to 2^sub_bits; above it each power of two is cut into 2^sub_bits equal parts.
std::size_t histogram::bucket_of(std::uint64_t ns) {
  constexpr std::uint64_t parts = 1U << sub_bits;
  if (ns < parts) return static_cast<std::size_t>(ns);
  const auto power = static_cast<unsigned>(std::bit_width(ns)) - 1 - sub_bits;
  return static_cast<std::size_t>((std::uint64_t{power} + 1) * parts + (ns >> power) - parts);
}

std::int64_t histogram::upper_end(std::size_t bucket) {
  constexpr std::size_t parts = 1U << sub_bits;
  if (bucket < parts) return static_cast<std::int64_t>(bucket);
  const auto power = bucket / parts - 1;
  const auto part = bucket % parts + parts;
  return static_cast<std::int64_t>(((part + 1) << power) - 1);
}

}  // namespace innkeeper::bench
