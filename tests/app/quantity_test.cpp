#include "app/quantity.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>

using namespace innkeeper::app;
using namespace std::chrono_literals;
using innkeeper::proto::limit_unit;

namespace {

/// What was read; a test fails with the sentence of a refusal.
template <class T>
T taken(boost::system::result<T, std::string> read) {
  if (!read) FAIL(read.error());
  return std::move(*read);
}

std::size_t bytes(const std::string& text) {
  return taken(read_limit(text, limit_unit::bytes));
}

std::size_t ms(const std::string& text) {
  return taken(read_limit(text, limit_unit::milliseconds));
}

std::string refusal_of(const std::string& text, limit_unit unit) {
  const auto read = read_limit(text, unit);
  return read ? "taken as " + std::to_string(*read) : read.error();
}

}  // namespace

TEST_CASE("numbers are decimal, zeros in front or not") {
  CHECK(taken(read_count("010", "port", 65535)) == 10);
  CHECK(taken(read_count("08080", "port", 65535)) == 8080);
  CHECK(taken(read_count("65535", "port", 65535)) == 65535);
  CHECK(taken(read_limit("0500", limit_unit::count)) == 500);
  CHECK(bytes("02000") == 2000);
  CHECK(ms("010 s") == 10'000);
  CHECK(taken(read_duration("010s")) == 10s);
}

TEST_CASE("what is no decimal number is refused with words that show it") {
  const auto* text = GENERATE("", " ", "0x10", "1e3", "+5", "-1", "1 000", "1_000", "1,000", "5.5",
                              "5.", "ten", "\xD9\xA3", "0b1", "'5'", "5 5", "18446744073709551616");
  for (const auto unit : {limit_unit::count, limit_unit::bytes, limit_unit::milliseconds}) {
    CHECK_THAT(refusal_of(text, unit), Catch::StartsWith("'" + std::string(text) + "' is "));
  }
  CHECK_THAT(read_count(text, "port", 65535).error(),
             Catch::EndsWith("is no port; write digits alone, from 0 to 65535"));
  CHECK_FALSE(read_duration(text).has_value());
}

TEST_CASE("sizes are taken as the help writes them") {
  CHECK(bytes("4096") == 4096);
  CHECK(bytes("4096 B") == 4096);
  CHECK(bytes("64 KiB") == std::size_t{64} << 10);
  CHECK(bytes("1MiB") == std::size_t{1} << 20);
  CHECK(bytes(" 2  gib ") == std::size_t{2} << 30);
  for (const auto& group : innkeeper::proto::limit_groups()) {
    for (const auto& entry : group.entries) {
      CHECK(taken(read_limit(entry.default_text(), entry.unit)) ==
            innkeeper::proto::limits{}.*entry.value);
    }
  }
}

TEST_CASE("units that say two things, or those of another kind, are refused") {
  for (const auto* text : {"64K", "64 KB", "1M", "1MB", "8 kbit", "8 Kib", "8 b", "10 s", "MiB"}) {
    CHECK_THAT(refusal_of(text, limit_unit::bytes),
               Catch::Contains("is no number of bytes") && Catch::Contains("units B, KiB, MiB"));
  }
  for (const auto* text : {"10 min", "10 M", "1 KiB", "5 ns", "s"}) {
    CHECK_THAT(refusal_of(text, limit_unit::milliseconds), Catch::Contains("is no time"));
  }
  CHECK_THAT(refusal_of("5 s", limit_unit::count), Catch::Contains("is no count"));
}

TEST_CASE("a limit is at most 2^40, whatever the unit") {
  CHECK(bytes("1024 GiB") == std::size_t{1} << 40);
  CHECK_THAT(refusal_of("1025 GiB", limit_unit::bytes),
             Catch::Contains("too large") && Catch::Contains("number of bytes"));
  CHECK_THAT(refusal_of("99999999999999999999 GiB", limit_unit::bytes),
             Catch::Contains("too large"));
  CHECK(refusal_of("1099511627776", limit_unit::count) == "taken as 1099511627776");
  CHECK_THAT(refusal_of("1099511627777", limit_unit::count), Catch::Contains("too large"));
}

TEST_CASE("no limit is written none, or 0") {
  for (const auto unit : {limit_unit::count, limit_unit::bytes, limit_unit::milliseconds}) {
    CHECK(taken(read_limit("none", unit)) == 0);
    CHECK(taken(read_limit("0", unit)) == 0);
  }
}

TEST_CASE("times have a unit, and are milliseconds where it may be left out") {
  CHECK(ms("1500") == 1500);
  CHECK(ms("500 ms") == 500);
  CHECK(ms("10s") == 10'000);
  CHECK(ms("2 m") == 120'000);
  CHECK(taken(read_duration("30d")) == 720h);
  CHECK(taken(read_duration("1 h")) == 1h);
  CHECK(taken(read_milliseconds("5000")) == 5s);
  CHECK(taken(read_milliseconds("5 s")) == 5s);
  CHECK_FALSE(read_duration("10").has_value());
}

TEST_CASE("a duration is more than nothing and at most ten years") {
  CHECK(taken(read_duration("1ms")) == 1ms);
  CHECK_FALSE(read_duration("0s").has_value());
  CHECK(read_duration("3650d").has_value());
  CHECK_FALSE(read_duration("3651d").has_value());
}
