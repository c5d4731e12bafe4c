#include <string>

#include <catch2/catch.hpp>

#include "actors/room/snapshot_cache.hpp"

namespace innkeeper::testing {

TEST_CASE("a first value is one frame for all who ask, until the state changes") {
  room::snapshot_cache told;
  int made = 0;
  const auto encode = [&made] { return std::to_string(++made); };
  const auto first = told.of("counter:c", encode);
  CHECK(first.wire().data() == told.of("counter:c", encode).wire().data());
  CHECK(first.payload() == "1");
  CHECK(first.is_first_value());
  CHECK(first.state() == "counter:c");
  CHECK(told.of("counter:d", encode).payload() == "2");
  told.changed("counter:c");
  CHECK(told.of("counter:c", encode).payload() == "3");
  CHECK(told.of("counter:d", encode).payload() == "2");
}

}  // namespace innkeeper::testing
