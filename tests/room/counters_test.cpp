#include "actors/room/counters.hpp"

#include <catch2/catch.hpp>

#include "proto/limits.hpp"

namespace innkeeper::room {
namespace {

proto::decimal number(std::string_view text) {
  return proto::decimal::parse(text).value();
}

bool was_taken(const std::variant<proto::protocol_error, proto::decimal>& answer) {
  return std::holds_alternative<proto::decimal>(answer);
}

std::string value_of(const counters& in, std::string_view name) {
  const auto found = in.all().find(name);
  return found == in.all().end() ? "none" : found->second.text();
}

TEST_CASE("a new counter begins at 0") {
  counters all;
  CHECK(was_taken(all.add("c", number("17.75"), proto::limits())));
  CHECK(value_of(all, "c") == "17.75");
}

TEST_CASE("a counter is counted exactly") {
  counters all;
  all.add("c", number("17.75"), proto::limits());
  const auto sum = all.add("c", number("-15.14"), proto::limits());
  CHECK(std::get<proto::decimal>(sum) == number("2.61"));
  CHECK(value_of(all, "c") == "2.61");
}

TEST_CASE("counters are apart") {
  counters all;
  all.add("a", number("1"), proto::limits());
  all.add("A", number("2"), proto::limits());
  CHECK(value_of(all, "a") == "1");
  CHECK(value_of(all, "A") == "2");
}

TEST_CASE("a change of 0 makes a counter") {
  counters all;
  CHECK(was_taken(all.add("c", proto::decimal(), proto::limits())));
  CHECK(value_of(all, "c") == "0");
}

TEST_CASE("a counter goes on from where it was restored") {
  counters all;
  all.restore("c", number("0.1"));
  all.add("c", number("0.2"), proto::limits());
  CHECK(value_of(all, "c") == "0.3");
}

TEST_CASE("a counter reaches 1e21 in both directions and stays there") {
  counters all;
  const std::string sign = GENERATE(as<std::string>{}, "", "-");
  CHECK(was_taken(all.add("c", number(sign + "1e21"), proto::limits())));
  const auto refused = all.add("c", number(sign + "1"), proto::limits());
  REQUIRE_FALSE(was_taken(refused));
  CHECK(std::get<proto::protocol_error>(refused).code == proto::error_code::limit);
  CHECK(value_of(all, "c") == sign + "1000000000000000000000");
  CHECK(was_taken(
      all.add("c", number((sign.empty() ? "-" : "") + std::string("2e21")), proto::limits())));
}

TEST_CASE("a counter keeps 34 digits, and stays where it is when it would need 35") {
  counters all;
  CHECK(was_taken(all.add("c", number("1"), proto::limits())));
  const auto refused = all.add("c", number("1e-34"), proto::limits());
  REQUIRE_FALSE(was_taken(refused));
  CHECK(std::get<proto::protocol_error>(refused).code == proto::error_code::limit);
  CHECK(value_of(all, "c") == "1");
  CHECK(was_taken(all.add("c", number("1e-33"), proto::limits())));
  CHECK(value_of(all, "c") == "1." + std::string(32, '0') + "1");
}

TEST_CASE("a refused change makes no counter") {
  counters all;
  CHECK_FALSE(was_taken(all.add("c", number("1e22"), proto::limits())));
  CHECK(all.all().empty());
}

TEST_CASE("a room has 1000 counters and not 1001, and all of them still count") {
  counters all;
  for (std::size_t i = 0; i < proto::limits{}.counters; ++i) {
    REQUIRE(was_taken(all.add(std::to_string(i), number("1"), proto::limits())));
  }
  const auto refused = all.add("one more", number("1"), proto::limits());
  REQUIRE_FALSE(was_taken(refused));
  CHECK(std::get<proto::protocol_error>(refused).code == proto::error_code::limit);
  CHECK(all.all().size() == proto::limits{}.counters);
  CHECK(was_taken(all.add("0", number("1"), proto::limits())));
  CHECK(value_of(all, "0") == "2");
}

}  // namespace
}  // namespace innkeeper::room
