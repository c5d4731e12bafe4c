// The one source of randomness of a seed: the same numbers on every machine and library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace innkeeper::simulation {

class chance {
 public:
  explicit chance(std::uint64_t seed) : engine_(seed * 0x9E3779B97F4A7C15U + 1) {}

  /// From 0 to n - 1; n is at least 1.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  /// Both ends included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::size_t>(high - low + 1)));
  }
  /// True `percent` times out of a hundred.
  bool percent(std::size_t percent) { return below(100) < percent; }

  template <class List>
  const auto& one_of(const List& list) {
    return *(std::begin(list) + static_cast<std::ptrdiff_t>(below(std::size(list))));
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace innkeeper::simulation
