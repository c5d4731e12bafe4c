#include "transport/door.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace innkeeper;
using transport::door;

namespace {

proto::limits bounds(std::size_t sockets, std::size_t burst) {
  proto::limits made;
  made.address_sockets = sockets;
  made.address_connects_burst = burst;
  return made;
}

}  // namespace

TEST_CASE("a server takes as many sockets as it may, and one more when one has gone") {
  const auto entrance = std::make_shared<door>(proto::limits{}, 2);
  door::place a;
  CHECK_FALSE(entrance->enter(a).has_value());
  {
    door::place b;
    CHECK_FALSE(entrance->enter(b).has_value());
    door::place c;
    CHECK(entrance->enter(c) == door::refusal::server_full);
  }
  door::place d;
  CHECK_FALSE(entrance->enter(d).has_value());
}

TEST_CASE("an address opens as many sockets as it may; others are not touched") {
  const auto entrance = std::make_shared<door>(bounds(2, 100), 0);
  std::vector<door::place> places(4);
  CHECK_FALSE(entrance->enter_as(7, 0, places[0]).has_value());
  CHECK_FALSE(entrance->enter_as(7, 0, places[1]).has_value());
  CHECK(entrance->enter_as(7, 0, places[2]) == door::refusal::too_many_of_address);
  CHECK_FALSE(entrance->enter_as(8, 0, places[3]).has_value());
  places[0] = door::place();
  CHECK_FALSE(entrance->enter_as(7, 0, places[2]).has_value());
}

TEST_CASE("an address that comes too fast is refused until time has passed") {
  const auto entrance = std::make_shared<door>(bounds(100, 2), 0);
  std::vector<door::place> places(4);
  CHECK_FALSE(entrance->enter_as(7, 0, places[0]).has_value());
  CHECK_FALSE(entrance->enter_as(7, 0, places[1]).has_value());
  CHECK(entrance->enter_as(7, 19, places[2]) == door::refusal::too_fast);
  CHECK_FALSE(entrance->enter_as(7, 20, places[2]).has_value());
}

TEST_CASE("a socket whose owner turns out to be another counts as that one's only") {
  const auto entrance = std::make_shared<door>(bounds(1, 100), 0);
  door::place socket;
  REQUIRE_FALSE(entrance->enter_as(7, 0, socket).has_value());
  REQUIRE_FALSE(entrance->enter_as(8, 0, socket).has_value());
  door::place next;
  CHECK_FALSE(entrance->enter_as(7, 0, next).has_value());
  door::place third;
  CHECK(entrance->enter_as(8, 0, third) == door::refusal::too_many_of_address);
}

TEST_CASE("a place that has moved is given back once") {
  const auto entrance = std::make_shared<door>(proto::limits{}, 1);
  {
    door::place first;
    REQUIRE_FALSE(entrance->enter(first).has_value());
    const door::place second = std::move(first);
    door::place third;
    CHECK(entrance->enter(third) == door::refusal::server_full);
  }
  door::place fourth;
  CHECK_FALSE(entrance->enter(fourth).has_value());
}

TEST_CASE("without limits the door is open") {
  proto::limits none;
  none.address_sockets = none.address_connects = none.address_connects_burst = 0;
  const auto entrance = std::make_shared<door>(none, 0);
  std::vector<door::place> places(3000);
  for (auto& each : places) {
    REQUIRE_FALSE(entrance->enter(each).has_value());
    REQUIRE_FALSE(entrance->enter_as(7, 0, each).has_value());
  }
}

TEST_CASE("an address has so many requests answered at once, and so many each second") {
  proto::limits bounds;
  bounds.address_requests = 10;
  bounds.address_requests_burst = 2;
  door entrance(bounds, 0);
  CHECK(entrance.may_ask(7, 0));
  CHECK(entrance.may_ask(7, 0));
  CHECK_FALSE(entrance.may_ask(7, 99));
  CHECK(entrance.may_ask(8, 99));
  CHECK(entrance.may_ask(7, 100));
  bounds.address_requests = 0;
  door wide_open(bounds, 0);
  for (int i = 0; i < 10; ++i) CHECK(wide_open.may_ask(7, 0));
}

TEST_CASE("all sockets of an address may send as much as twenty at full rate") {
  proto::limits made;
  made.messages_per_second = 1;
  made.messages_burst = 2;
  made.bytes_per_second = 100;
  made.bytes_burst = 100;
  const auto entrance = std::make_shared<door>(made, 0);
  std::vector<door::place> places(3);
  for (std::size_t i = 0; i < places.size(); ++i) {
    REQUIRE_FALSE(entrance->enter_as(i < 2 ? 7 : 8, 0, places[i]).has_value());
  }
  for (std::size_t i = 0; i < 40; ++i) CHECK(places[i % 2].may_send(0, 1, 1));
  CHECK_FALSE(places[0].may_send(0, 1, 1));
  CHECK_FALSE(places[1].may_send(0, 1, 1));
  CHECK(places[2].may_send(0, 1, 1));
  CHECK(places[0].may_send(1000, 20, 1900));
  CHECK_FALSE(places[1].may_send(1000, 0, 200));
}

TEST_CASE("a socket that is nobody's in particular sends what it likes") {
  const auto entrance = std::make_shared<door>(proto::limits{}, 0);
  door::place unknown;
  REQUIRE_FALSE(entrance->enter(unknown).has_value());
  for (int i = 0; i < 100; ++i) CHECK(unknown.may_send(0, 1'000'000, 1'000'000'000));
}

TEST_CASE(
    "a few refused sockets of an address may ask how the server is, and as many again later") {
  const auto entrance = std::make_shared<door>(proto::limits{}, 1);
  std::vector<door::probation> held(door::of_network_on_probation_max);
  for (auto& each : held) CHECK(entrance->enter_on_probation(7, 0, each));
  door::probation next;
  CHECK_FALSE(entrance->enter_on_probation(7, 0, next));
  CHECK(entrance->enter_on_probation(8, 0, next));
  held.pop_back();
  door::probation again;
  CHECK(entrance->enter_on_probation(7, 0, again));
}

TEST_CASE("however many addresses there are, few sockets are on probation at once") {
  const auto entrance = std::make_shared<door>(proto::limits{}, 1);
  std::vector<door::probation> held(door::on_probation_max);
  std::uint64_t network = 1;
  for (auto& each : held) CHECK(entrance->enter_on_probation(network++, 0, each));
  door::probation next;
  CHECK_FALSE(entrance->enter_on_probation(network, 0, next));
  held[0] = door::probation();
  CHECK(entrance->enter_on_probation(network, 0, next));
}

TEST_CASE("a socket on probation takes no place of those who are let in") {
  const auto entrance = std::make_shared<door>(proto::limits{}, 1);
  door::probation held;
  REQUIRE(entrance->enter_on_probation(7, 0, held));
  door::place first;
  CHECK_FALSE(entrance->enter(first).has_value());
  CHECK_FALSE(entrance->enter_as(7, 0, first).has_value());
}

TEST_CASE("an address is on probation a thousand times at once, and twenty times a second") {
  const auto entrance = std::make_shared<door>(proto::limits{}, 1);
  const auto is_let_in = [&](std::int64_t now_ms) {
    door::probation brief;
    return entrance->enter_on_probation(7, now_ms, brief);
  };
  for (int i = 0; i < 1000; ++i) REQUIRE(is_let_in(0));
  CHECK_FALSE(is_let_in(49));
  CHECK(is_let_in(50));
  CHECK_FALSE(is_let_in(50));
}

TEST_CASE("questions for the server's health have a limit that requests do not touch") {
  door entrance(proto::limits{}, 0);
  while (entrance.may_ask(7, 0)) {
  }
  for (int i = 0; i < 2000; ++i) REQUIRE(entrance.may_ask_for_health(7, 0));
  CHECK_FALSE(entrance.may_ask_for_health(7, 4));
  CHECK(entrance.may_ask_for_health(7, 5));
  CHECK(entrance.may_ask_for_health(8, 0));
}
