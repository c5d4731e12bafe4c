#include "app/signing_keys.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temporary_directory.hpp"

using namespace innkeeper::app;
using innkeeper::testing::temporary_directory;

namespace {

/// What was read; a test fails with the sentence of a refusal.
template <class T>
T taken(boost::system::result<T, std::string> read) {
  if (!read) FAIL(read.error());
  return std::move(*read);
}

using texts = std::vector<std::string>;

const std::string first = "the first key of 28 bytes...";
const std::string second = "0123456789abcdef";

}  // namespace

TEST_CASE("signing keys stand one a line, whatever ends the lines") {
  for (const auto* end : {"\n", "\r\n", "\r", " \t\r\n\r\n"}) {
    CHECK(taken(read_signing_keys(first + end + second + end, "here")) == texts{first, second});
    CHECK(taken(read_signing_keys(first + end + second, "here")) == texts{first, second});
  }
  CHECK(taken(read_signing_keys("\xEF\xBB\xBF" + first, "here")) == texts{first});
  CHECK(taken(read_signing_keys("", "here")).empty());
  CHECK(taken(read_signing_keys(" \r\n\n", "here")).empty());
}

TEST_CASE("a signing key has 16 bytes, and of a shorter one the line is told but not the key") {
  CHECK(taken(read_signing_keys(std::string(16, 'k'), "here")).size() == 1);
  const auto refused = read_signing_keys(second + "\r\nshort\r\n", "here");
  REQUIRE_FALSE(refused.has_value());
  CHECK_THAT(refused.error(), Catch::StartsWith("here, line 2: the signing key has 5 bytes"));
  CHECK(refused.error().find("short") == std::string::npos);
}

TEST_CASE("keys in quotation marks and keys like comments are doubted, but never shown") {
  CHECK(doubts_about_keys({first, second + "\"", "\"" + second + "'"}).empty());
  CHECK(doubts_about_keys({}).empty());
  for (const auto& key : {"\"" + second + "\"", "'" + second + "'", "# " + first}) {
    const auto doubts = doubts_about_keys({first, key});
    REQUIRE(doubts.size() == 1);
    CHECK(doubts.front().find(second) == std::string::npos);
    CHECK(doubts.front().find(first) == std::string::npos);
  }
}

TEST_CASE("a file of signing keys holds one at least") {
  const temporary_directory place;
  const auto file = place.path() / "keys";
  CHECK_THAT(read_signing_key_file(file).error(), Catch::Contains("cannot be read"));
  std::ofstream(file) << "\n";
  CHECK_THAT(read_signing_key_file(file).error(), Catch::Contains("is empty"));
  std::ofstream(file) << "\xEF\xBB\xBF" << second << "\r\n";
  CHECK(taken(read_signing_key_file(file)) == texts{second});
  std::ofstream(file, std::ios::binary) << std::string(
      "\xFF\xFE"
      "0\0",
      4);
  CHECK_THAT(read_signing_key_file(file).error(), Catch::Contains("UTF-16"));
}
