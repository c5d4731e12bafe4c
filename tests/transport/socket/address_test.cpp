#include "transport/socket/address.hpp"

#include <catch2/catch.hpp>

using namespace innkeeper::transport;
using boost::asio::ip::make_address;

TEST_CASE("an IPv4 address is a network of its own, in IPv6's clothes too") {
  CHECK(network_of(make_address("192.0.2.1")) == network_of(make_address("::ffff:192.0.2.1")));
  CHECK(network_of(make_address("192.0.2.1")) != network_of(make_address("192.0.2.2")));
}

TEST_CASE("IPv6 addresses belong together by their first 64 bits") {
  CHECK(network_of(make_address("2001:db8:1:2::1")) ==
        network_of(make_address("2001:db8:1:2:ffff::9")));
  CHECK(network_of(make_address("2001:db8:1:2::1")) != network_of(make_address("2001:db8:1:3::1")));
}

TEST_CASE("no network is number 0, which stands for nobody") {
  CHECK(network_of(make_address("::1")) != 0);
  CHECK(network_of(make_address("::")) == network_of(make_address("::2")));
  CHECK(network_of(make_address("0.0.0.0")) != 0);
}

TEST_CASE("a network's text is its IPv4 address, or the IPv6 network") {
  const auto text = [](const char* address) {
    return network_text(network_of(make_address(address)));
  };
  CHECK(text("192.0.2.1") == "192.0.2.1");
  CHECK(text("0.0.0.0") == "0.0.0.0");
  CHECK(text("2001:db8:1:2::9") == "2001:db8:1:2::/64");
  CHECK(text("::1") == "::/64");
}

TEST_CASE("a set of addresses takes IPv4 addresses in IPv6's clothes") {
  address_set set;
  REQUIRE(set.add("::ffff:127.0.0.1"));
  REQUIRE(set.add("::ffff:10.0.0.0/104"));
  CHECK(set.contains(make_address("127.0.0.1")));
  CHECK(set.contains(make_address("::ffff:127.0.0.1")));
  CHECK_FALSE(set.contains(make_address("127.0.0.2")));
  CHECK(set.contains(make_address("10.255.0.1")));
  CHECK_FALSE(set.contains(make_address("11.0.0.1")));
  CHECK_FALSE(set.add("::ffff:10.0.0.0/95"));
}

TEST_CASE("a set of addresses takes networks and single addresses") {
  address_set set;
  REQUIRE(set.add("10.0.0.0/8"));
  REQUIRE(set.add("192.0.2.7"));
  REQUIRE(set.add("fd00::/7"));
  REQUIRE(set.add("198.51.100.128/25"));
  CHECK(set.contains(make_address("10.255.0.1")));
  CHECK(set.contains(make_address("::ffff:10.1.1.1")));
  CHECK_FALSE(set.contains(make_address("11.0.0.1")));
  CHECK(set.contains(make_address("192.0.2.7")));
  CHECK_FALSE(set.contains(make_address("192.0.2.6")));
  CHECK(set.contains(make_address("fc12::1")));
  CHECK_FALSE(set.contains(make_address("fe80::1")));
  CHECK(set.contains(make_address("198.51.100.128")));
  CHECK_FALSE(set.contains(make_address("198.51.100.127")));
}

TEST_CASE("a set of addresses refuses what is no network") {
  const auto* text = GENERATE("", "example.org", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x",
                              "fd00::/129", "10.0.0/8", "10.0.0.0/-1");
  address_set set;
  CHECK_FALSE(set.add(text));
  CHECK(set.empty());
}

TEST_CASE("a network of no bits holds every address of its kind") {
  address_set set;
  REQUIRE(set.add("0.0.0.0/0"));
  CHECK(set.contains(make_address("203.0.113.9")));
  CHECK_FALSE(set.contains(make_address("2001:db8::1")));
}
