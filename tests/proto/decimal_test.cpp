#include "proto/decimal.hpp"

#include <limits>

#include <catch2/catch.hpp>

namespace innkeeper::proto {
namespace {

decimal read(std::string_view text) {
  const auto number = decimal::parse(text);
  INFO(text);
  REQUIRE(number.has_value());
  return *number;
}

const std::string digits_34 = "1234567890123456789012345678901234";

TEST_CASE("a decimal adds and subtracts exactly") {
  CHECK((read("17.75") + read("-15.14")).text() == "2.61");
  CHECK((read("0.1") + read("0.2")).text() == "0.3");
  CHECK((read("-0.5") + read("0.5")).text() == "0");
}

TEST_CASE("a tenth added ten times is one") {
  decimal sum;
  for (int i = 0; i < 10; ++i) sum = sum + read("0.1");
  CHECK(sum == decimal(1));
  CHECK(sum.text() == "1");
}

TEST_CASE("a decimal keeps 34 digits exactly") {
  CHECK(read("0." + digits_34).text() == "0." + digits_34);
  const std::string mixed = "123456789012345678901.2345678901234";
  CHECK(read(mixed).text() == mixed);
  CHECK((read(mixed) + read("0.0000000000001")).text() == "123456789012345678901.2345678901235");
}

TEST_CASE("a decimal is read in every form that a counter's value may have") {
  const auto [text, plain] = GENERATE(table<std::string, std::string>({
      {"0", "0"},
      {"-0", "0"},
      {"+7", "7"},
      {".5", "0.5"},
      {"5.", "5"},
      {"-.5", "-0.5"},
      {"1e3", "1000"},
      {"1E+3", "1000"},
      {"15e-1", "1.5"},
      {"1.50", "1.5"},
      {"007", "7"},
      {"-12.0340", "-12.034"},
      {"0e999999", "0"},
      {"0.0e-99", "0"},
      {"5.e1", "50"},
      {"000.100e0", "0.1"},
      {"1e-34", "0.0000000000000000000000000000000001"},
  }));
  CHECK(read(text).text() == plain);
  CHECK(is_decimal_text(text));
}

TEST_CASE("what is no number is not read as a decimal") {
  const std::string text = GENERATE(as<std::string>{}, "", " ", "+", "-", ".", "-.", "e5", "1e",
                                    "1e+", "--1", "+-1", "1.2.3", "1 2", " 1", "1 ", "0x10",
                                    "Infinity", "NaN", "1_000", "1,5", "1e1.5", "abc", "1a",
                                    "\xC2\xA0"
                                    "1");
  CHECK_FALSE(decimal::parse(text).has_value());
  CHECK_FALSE(is_decimal_text(text));
}

TEST_CASE("a decimal has 34 digits behind the point and not 35") {
  CHECK(read("1e-34").text().size() == 36);
  CHECK(decimal::parse("0." + std::string(33, '0') + "1").has_value());
  CHECK_FALSE(decimal::parse("1e-35").has_value());
  CHECK_FALSE(decimal::parse("0." + std::string(34, '0') + "1").has_value());
  CHECK(decimal::parse("0." + std::string(33, '0') + "10").has_value());
}

TEST_CASE("a number too large to be a decimal is still the text of one") {
  const std::string text = GENERATE(as<std::string>{}, "1e41", "-1e41", "1e400",
                                    "1e99999999999999999999", "1e-400", "1e-99999999999999999999");
  CHECK_FALSE(decimal::parse(text).has_value());
  CHECK(is_decimal_text(text));
}

TEST_CASE("a decimal holds the largest change that could lead back to a valid counter") {
  CHECK((read("-1e21") + read("2e21")).text() == "1000000000000000000000");
  CHECK(read("9" + std::string(39, '9')).text() == std::string(40, '9'));
  CHECK(decimal(std::numeric_limits<std::int64_t>::max()).text() == "9223372036854775807");
  CHECK(decimal(std::numeric_limits<std::int64_t>::min()).text() == "-9223372036854775808");
}

TEST_CASE("a decimal is the same on both sides of what 64 bits hold") {
  const std::string most = "9223372036.854775807";  // 2^63 - 1 of 1e-9
  const std::string more = "9223372036.854775808";
  const std::string least = "0.000000001";
  const std::string less = "0.0000000001";
  CHECK(read(most).text() == most);
  CHECK(read("-" + more).text() == "-" + more);
  CHECK((read(most) + read(least)).text() == more);
  CHECK((read("-" + most) + read("-" + least)).text() == "-" + more);
  CHECK((read("-" + most) + read("-" + least)) == read("-" + more));
  CHECK((read(more) + read("-" + least)) == read(most));
  CHECK((read(most) + read(most)).text() == "18446744073.709551614");
  CHECK((read(least) + read(less)).text() == "0.0000000011");
  CHECK((read("0.0000000011") + read("-" + less)) == read(least));
  CHECK((read("1e21") + read("-1e21")) == decimal());
  CHECK(read("1e9").text() == "1000000000");
  CHECK(read("1e10").text() == "10000000000");
  CHECK(read("123456789012345678e-9").text() == "123456789.012345678");
}

TEST_CASE("a counter's value lies within plus and minus 1e21") {
  const decimal smallest = read("1e-12");  // one more digit would be the 35th
  CHECK(read("1e21").is_counter_value());
  CHECK(read("-1e21").is_counter_value());
  CHECK_FALSE((read("1e21") + read("1")).is_counter_value());
  CHECK_FALSE((read("-1e21") + read("-1")).is_counter_value());
  CHECK_FALSE((read("1e21") + smallest).is_counter_value());
  CHECK(read("999999999999999999999").is_counter_value());
}

TEST_CASE("a counter's value has 34 significant digits and not 35") {
  CHECK(read("123456789012345678901.2345678901234").is_counter_value());
  CHECK_FALSE(read("123456789012345678901.23456789012345").is_counter_value());
  CHECK(read("0." + digits_34).is_counter_value());
  CHECK(read("1e-34").is_counter_value());
  CHECK_FALSE((read("1") + read("1e-34")).is_counter_value());
  CHECK((read("1") + read("1e-33")).is_counter_value());
  CHECK(decimal().is_counter_value());
}

TEST_CASE("decimals are equal by value, however they were written") {
  CHECK(read("1.50") == read("15e-1"));
  CHECK(read("-0") == decimal());
  CHECK_FALSE(read("1.5") == read("-1.5"));
}

TEST_CASE(
    "a JSON number's canonical form is the shortest that JavaScript reads the same, without "
    "exponent") {
  const auto [number, text] = GENERATE(table<std::string, std::string>({
      {"1.50", "1.5"},
      {"15e-1", "1.5"},
      {"1e2", "100"},
      {"-0", "0"},
      {"-0.0e5", "0"},
      {"0.001", "0.001"},
      {"1E-3", "0.001"},
      {"-20", "-20"},
      {"0.1000000000000000055511151231257827", "0.1"},
      {"9007199254740993", "9007199254740992"},
      {"12345678901234567890123", "12345678901234568000000"},
      {"-1.7976931348623157e3", "-1797.6931348623157"},
  }));
  CHECK(canonical_number(number, 128) == text);
}

TEST_CASE("a canonical number is as long as it may be and no longer") {
  CHECK(canonical_number("1e4", 5) == "10000");
  CHECK_FALSE(canonical_number("1e5", 5).has_value());
  CHECK(canonical_number("-1e3", 5) == "-1000");
  CHECK_FALSE(canonical_number("-1e4", 5).has_value());
  CHECK(canonical_number("1e-3", 5) == "0.001");
  CHECK_FALSE(canonical_number("1e-4", 5).has_value());
  CHECK(canonical_number("12345", 5) == "12345");
  CHECK_FALSE(canonical_number("123456", 5).has_value());
  CHECK_FALSE(canonical_number("1e308", 5).has_value());
  CHECK_FALSE(canonical_number("5e-324", 5).has_value());
  CHECK(canonical_number("1e-400", 5) == "0");
  CHECK(canonical_number("0e1000000000000", 5) == "0");
}

TEST_CASE("what is no number has no canonical form") {
  CHECK_FALSE(canonical_number("", 128).has_value());
  CHECK_FALSE(canonical_number("true", 128).has_value());
}

}  // namespace
}  // namespace innkeeper::proto
