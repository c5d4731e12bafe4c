#include "transport/http/geo_reader.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temporary_directory.hpp"

using namespace innkeeper::transport;
using boost::asio::ip::make_address;
using innkeeper::testing::temporary_directory;

namespace {

// The few parts of MaxMind's format that a test needs (maxmind.github.io/MaxMind-DB).

std::string head(unsigned int type, std::size_t size) {
  constexpr std::size_t in_one_byte = 28;
  const bool is_long = size > in_one_byte;
  const auto shown = is_long ? in_one_byte + 1 : size;
  constexpr unsigned int extended = 7;
  std::string made(1, static_cast<char>((type > extended ? 0 : type << 5U) | shown));
  if (type > extended) made += static_cast<char>(type - extended);
  if (is_long) made += static_cast<char>(size - in_one_byte - 1);
  return made;
}

std::string big_endian(std::uint64_t number, unsigned int bytes) {
  std::string made;
  for (unsigned int i = bytes; i > 0; --i) made += static_cast<char>(number >> (8 * (i - 1)));
  return made;
}

std::string text(const std::string& value) {
  return head(2, value.size()) + value;
}

std::string real(double value) {
  return head(3, 8) + big_endian(std::bit_cast<std::uint64_t>(value), 8);
}

std::string uint16(std::uint64_t value) {
  return head(5, 2) + big_endian(value, 2);
}

std::string uint32(std::uint64_t value) {
  return head(6, 4) + big_endian(value, 4);
}

std::string map(const std::vector<std::pair<std::string, std::string>>& fields) {
  auto made = head(7, fields.size());
  for (const auto& [key, value] : fields) made += text(key) + value;
  return made;
}

std::string array(const std::vector<std::string>& values) {
  auto made = head(11, values.size());
  for (const auto& value : values) made += value;
  return made;
}

/// A tree with one way through it: the bits of that network.
std::string tree(std::uint32_t network, unsigned int bits) {
  std::string nodes;
  for (unsigned int depth = 0; depth < bits; ++depth) {
    const auto next = depth + 1 < bits ? depth + 1 : bits + 16;  // the first of the data
    const bool right = (network >> (31 - depth) & 1U) != 0;
    nodes += big_endian(right ? bits : next, 3) + big_endian(right ? next : bits, 3);
  }
  return nodes;
}

/// 192.0.2.0/24 and what is said of it.
void write_database(const std::filesystem::path& file, const std::string& data) {
  constexpr unsigned int bits = 24;
  const auto metadata = map({{"node_count", uint32(bits)},
                             {"record_size", uint16(24)},
                             {"ip_version", uint16(4)},
                             {"database_type", text("Test-City")},
                             {"languages", array({text("en")})},
                             {"binary_format_major_version", uint16(2)},
                             {"binary_format_minor_version", uint16(0)},
                             {"build_epoch", head(9, 8) + big_endian(1'700'000'000, 8)},
                             {"description", map({})}});
  std::ofstream(file, std::ios::binary) << tree(0xC0000200U, bits) << std::string(16, '\0') << data
                                        << "\xAB\xCD\xEFMaxMind.com" << metadata;
}

const std::string the_hague = map({{"country", map({{"iso_code", text("NL")}})},
                                   {"city", map({{"names", map({{"en", text("The \"Hague\"")}})}})},
                                   {"subdivisions", array({map({{"iso_code", text("ZH")}})})},
                                   {"location", map({{"latitude", real(52.08)},
                                                     {"longitude", real(-4.3125)},
                                                     {"time_zone", text("Europe/Amsterdam")}})},
                                   {"autonomous_system_number", uint32(64500)}});

/// What a client at this address is told, without the address itself.
std::string told(const geo_reader& places, const char* address) {
  remote_client who;
  who.address = make_address(address);
  const auto details = connection_details(who, {}, &places);
  const auto begin = std::string(R"({"clientIp":")").size() + std::string(address).size() + 1;
  return details.substr(begin, details.size() - begin - 1);
}

}  // namespace

TEST_CASE("an address is found with the keys of request.cf, coordinates as texts") {
  const temporary_directory place;
  write_database(place.path() / "city.mmdb", the_hague);
  const auto places = geo_reader::open(place.path() / "city.mmdb");
  REQUIRE(places.has_value());
  const std::string expected =
      R"(,"country":"NL","city":"The \"Hague\"","regionCode":"ZH","timezone":"Europe/Amsterdam")"
      R"(,"latitude":"52.08000","longitude":"-4.31250","asn":64500)";
  CHECK(told(**places, "192.0.2.77") == expected);
}

TEST_CASE("of an address that is not in the database nothing is told") {
  const temporary_directory place;
  write_database(place.path() / "city.mmdb", the_hague);
  const auto places = geo_reader::open(place.path() / "city.mmdb");
  REQUIRE(places.has_value());
  CHECK((*places)->fields(make_address("192.0.3.1")).empty());
  CHECK((*places)->fields(make_address("2001:db8::1")).empty());
}

TEST_CASE("a text that is no UTF-8 is left out") {
  const temporary_directory place;
  write_database(place.path() / "city.mmdb", map({{"country", map({{"iso_code", text("\xFF")}})}}));
  const auto places = geo_reader::open(place.path() / "city.mmdb");
  REQUIRE(places.has_value());
  CHECK((*places)->fields(make_address("192.0.2.77")).empty());
}

TEST_CASE("a file that is no database is refused in words") {
  const temporary_directory place;
  const auto file = place.path() / "city.mmdb";
  CHECK(geo_reader::open(file).error().find("--geoip") == 0);
  std::ofstream(file) << "no database";
  CHECK(geo_reader::open(file).error().find(file.string()) != std::string::npos);
}
