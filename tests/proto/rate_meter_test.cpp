#include "proto/rate_meter.hpp"

#include <limits>

#include <catch2/catch.hpp>

namespace innkeeper::proto {
namespace {

using namespace std::chrono_literals;

constexpr rate_meter::time_point start{1000h};

int passed_at(rate_meter& meter, rate_meter::time_point now, const pace& limit) {
  int passed = 0;
  while (passed < 100'000 && meter.take(now, 1, limit)) ++passed;
  return passed;
}

TEST_CASE("a burst passes at once, one more does not, and tokens come back at their rate") {
  const pace limit{100, 500};
  rate_meter meter;
  CHECK(passed_at(meter, start, limit) == 500);
  CHECK(passed_at(meter, start + 10ms - 1ns, limit) == 0);
  CHECK(passed_at(meter, start + 10ms, limit) == 1);
  CHECK(passed_at(meter, start + 1010ms, limit) == 100);
  CHECK_FALSE(meter.is_full(start + 6010ms - 1ns));
  CHECK(meter.is_full(start + 6010ms));
  CHECK(passed_at(meter, start + 100s, limit) == 500);
}

TEST_CASE("a full bucket gives any amount, and owes it") {
  const pace limit{10, 20};
  rate_meter meter;
  CHECK(meter.take(start, 50, limit));
  CHECK_FALSE(meter.take(start + 3100ms - 1ns, 1, limit));
  CHECK(meter.take(start + 3100ms, 1, limit));
}

TEST_CASE("no rate is no limit") {
  rate_meter meter;
  CHECK(passed_at(meter, start, {0, 0}) == 100'000);
  CHECK(passed_at(meter, start, {0, 5}) == 100'000);
  CHECK(passed_at(meter, start, {5, 0}) == 100'000);
}

TEST_CASE("what is owed to a rate meter has to come back first") {
  const pace limit{10, 5};
  rate_meter meter;
  CHECK(meter.take_or_owe(start, 5, limit));
  CHECK_FALSE(meter.take_or_owe(start, 10, limit));
  CHECK_FALSE(meter.has(start + 1100ms - 1ns, 1, limit));
  CHECK(meter.has(start + 1100ms, 1, limit));
}

TEST_CASE("a rate meter bears the largest numbers") {
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  const pace slow{1, most, std::chrono::minutes(1)};
  rate_meter meter;
  for (int i = 0; i < 10; ++i) CHECK(meter.take_or_owe(start, most, slow) == (i == 0));
  CHECK_FALSE(meter.is_full(start + 1000h));
}

}  // namespace
}  // namespace innkeeper::proto
