#include "app/entry_lists.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temporary_directory.hpp"

using namespace innkeeper::app;
using boost::asio::ip::make_address;
using innkeeper::testing::temporary_directory;

namespace {

/// What was read; a test fails with the sentence of a refusal.
template <class T>
T taken(boost::system::result<T, std::string> read) {
  if (!read) FAIL(read.error());
  return std::move(*read);
}

using texts = std::vector<std::string>;

std::string refusal_of(const texts& given) {
  const auto read = read_allowed_origins(given);
  return read ? "taken" : read.error();
}

}  // namespace

TEST_CASE("origins may be given one by one or with commas, and are brought to one form") {
  CHECK(taken(read_allowed_origins({})).empty());
  CHECK(taken(read_allowed_origins({"https://a.example:443, HTTP://b.example", "null"})) ==
        texts{"https://a.example", "http://b.example", "null"});
}

TEST_CASE("an origin that can match nothing is refused by its option's name") {
  CHECK_THAT(refusal_of({"https://a.example/"}),
             Catch::StartsWith("--allowed-origins: 'https://a.example/' has a path"));
  for (const auto* list : {"", ",", "https://a.example,", "https://a.example,,null", " "}) {
    CHECK_THAT(refusal_of({list}), Catch::Contains("empty entry"));
  }
}

TEST_CASE("a file holds an origin a line, or several, and comments") {
  const temporary_directory place;
  const auto file = (place.path() / "origins").string();
  std::ofstream(file) << "\xEF\xBB\xBF# ours\r\nhttps://a.example\r\n\r\n"
                      << "  https://b.example, https://c.example,  # two\n\tnull";
  CHECK(taken(read_allowed_origins({"@" + file})) ==
        texts{"https://a.example", "https://b.example", "https://c.example", "null"});
  CHECK(taken(read_allowed_origins({"https://z.example,@" + file})).size() == 5);
}

TEST_CASE("a mistake in a file is told with its line") {
  const temporary_directory place;
  const auto file = (place.path() / "origins").string();
  std::ofstream(file) << "https://a.example\n\nhttps://b.example/\n";
  CHECK_THAT(refusal_of({"@" + file}),
             Catch::StartsWith("--allowed-origins: '" + file + "', line 3: 'https://b.example/'"));
}

TEST_CASE("a file without an entry, or none at all, is refused: no list would let all in") {
  const temporary_directory place;
  const auto file = (place.path() / "origins").string();
  CHECK_THAT(refusal_of({"@" + file}), Catch::Contains("cannot be read"));
  CHECK_THAT(refusal_of({"@"}), Catch::Contains("names no file") &&
                                    Catch::Contains("an entry like https://example.org"));
  for (const auto* text : {"", "\n\n", "# nothing\n , ,\n"}) {
    std::ofstream(file) << text;
    CHECK_THAT(refusal_of({"@" + file}), Catch::Contains("has no entry"));
  }
}

TEST_CASE("networks of proxies are read in the same way") {
  const temporary_directory place;
  const auto file = (place.path() / "proxies").string();
  std::ofstream(file) << "10.0.0.0/8, fd00::/8\n";
  const auto read = read_trusted_proxies({"192.0.2.1", "@" + file});
  REQUIRE(read.has_value());
  for (const auto* inside : {"192.0.2.1", "10.1.2.3", "fd00::1"}) {
    CHECK(read->contains(make_address(inside)));
  }
  CHECK_FALSE(read->contains(make_address("192.0.2.2")));
  std::ofstream(file) << "10.0.0.0/8\nproxy.example\n";
  CHECK_THAT(read_trusted_proxies({"@" + file}).error(),
             Catch::Contains("line 2: 'proxy.example' is no network"));
}

TEST_CASE("only lists in files can be read again") {
  const temporary_directory place;
  const auto file = (place.path() / "origins").string();
  CHECK_FALSE(can_be_read_again({}));
  CHECK_FALSE(can_be_read_again({"https://a.example"}));
  CHECK(can_be_read_again({"https://a.example,@" + file}));
  CHECK_FALSE(can_be_read_again({"@/dev/null"}));
}
