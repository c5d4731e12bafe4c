#include "actors/durable/hibernated_row.hpp"

#include <catch2/catch.hpp>
#include <limits>

using innkeeper::durable::hibernated_row;
using innkeeper::storage::stored_object;

namespace {

std::optional<stored_object> kept(const stored_object& what) {
  return hibernated_row(what).row();
}

}  // namespace

TEST_CASE("nothing is kept to begin with") {
  CHECK_FALSE(hibernated_row().row().has_value());
}

TEST_CASE("an object's number and alarm are kept") {
  const auto without_alarm = kept({7, std::nullopt, 0});
  REQUIRE(without_alarm.has_value());
  CHECK(without_alarm->number == 7);
  CHECK_FALSE(without_alarm->alarm_ms.has_value());
  const std::int64_t due = GENERATE(std::numeric_limits<std::int64_t>::min() + 1, -1, 0, 5);
  CHECK(kept({7, due, 0})->alarm_ms == due);
}

TEST_CASE("what cannot be kept is looked up") {
  CHECK_FALSE(kept({7, std::numeric_limits<std::int64_t>::min(), 0}).has_value());
  CHECK_FALSE(kept({7, 5, 1}).has_value());
}

TEST_CASE("an alarm that has been given up is as good as none") {
  const auto without = kept({7, std::nullopt, 7});
  REQUIRE(without.has_value());
  CHECK(without->alarm_attempt == 0);
}
