#include "bench/load/histogram.hpp"

#include <catch2/catch.hpp>
#include <cstdint>

using innkeeper::bench::histogram;

TEST_CASE("a histogram's quantiles are within 1.6 percent of the samples'") {
  histogram all;
  for (std::int64_t i = 1; i <= 100'000; ++i) all.add(i * 1000);
  CHECK(all.count() == 100'000);
  CHECK(all.max_ns() == 100'000'000);
  for (const double fraction : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    CAPTURE(fraction);
    const double exact = fraction * 100'000 * 1000;
    CHECK(static_cast<double>(all.quantile_ns(fraction)) == Approx(exact).epsilon(0.016));
  }
}

TEST_CASE("a histogram keeps short and absurd durations") {
  histogram all;
  all.add(0);
  all.add(-5);
  all.add(63);
  CHECK(all.quantile_ns(0.5) == 0);
  CHECK(all.quantile_ns(1) == 63);
  all.add(INT64_MAX);
  CHECK(all.quantile_ns(1) == INT64_MAX);
  CHECK(histogram().quantile_ns(0.5) == 0);
}
