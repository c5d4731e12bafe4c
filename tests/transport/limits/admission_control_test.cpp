#include "transport/limits/admission_control.hpp"
#include "proto/limits.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace innkeeper;
using transport::admission_control;
using transport::connection_slot;

namespace {

proto::limits bounds(std::size_t sockets, std::size_t burst) {
  proto::limits made;
  made.address_sockets = sockets;
  made.address_connects_burst = burst;
  return made;
}

}  // namespace

TEST_CASE("a server takes as many sockets as it may, and one more when one has gone") {
  const auto admission = std::make_shared<admission_control>(proto::limits{}, 2);
  connection_slot a;
  CHECK_FALSE(admission->enter(a).has_value());
  {
    connection_slot b;
    CHECK_FALSE(admission->enter(b).has_value());
    connection_slot c;
    CHECK(admission->enter(c) == admission_control::refusal::server_full);
  }
  connection_slot d;
  CHECK_FALSE(admission->enter(d).has_value());
}

TEST_CASE("an address opens as many sockets as it may; others are not touched") {
  const auto admission = std::make_shared<admission_control>(bounds(2, 100), 0);
  std::vector<connection_slot> places(4);
  CHECK_FALSE(admission->enter_as(7, 0, places[0]).has_value());
  CHECK_FALSE(admission->enter_as(7, 0, places[1]).has_value());
  CHECK(admission->enter_as(7, 0, places[2]) == admission_control::refusal::too_many_of_address);
  CHECK_FALSE(admission->enter_as(8, 0, places[3]).has_value());
  places[0] = connection_slot();
  CHECK_FALSE(admission->enter_as(7, 0, places[2]).has_value());
}

TEST_CASE("an address that comes too fast is refused until time has passed") {
  const auto admission = std::make_shared<admission_control>(bounds(100, 2), 0);
  std::vector<connection_slot> places(4);
  CHECK_FALSE(admission->enter_as(7, 0, places[0]).has_value());
  CHECK_FALSE(admission->enter_as(7, 0, places[1]).has_value());
  CHECK(admission->enter_as(7, 19, places[2]) == admission_control::refusal::too_fast);
  CHECK_FALSE(admission->enter_as(7, 20, places[2]).has_value());
}

TEST_CASE("a socket whose owner turns out to be another counts as that one's only") {
  const auto admission = std::make_shared<admission_control>(bounds(1, 100), 0);
  connection_slot socket;
  REQUIRE_FALSE(admission->enter_as(7, 0, socket).has_value());
  REQUIRE_FALSE(admission->enter_as(8, 0, socket).has_value());
  connection_slot next;
  CHECK_FALSE(admission->enter_as(7, 0, next).has_value());
  connection_slot third;
  CHECK(admission->enter_as(8, 0, third) == admission_control::refusal::too_many_of_address);
}

TEST_CASE("a place that has moved is given back once") {
  const auto admission = std::make_shared<admission_control>(proto::limits{}, 1);
  {
    connection_slot first;
    REQUIRE_FALSE(admission->enter(first).has_value());
    const connection_slot second = std::move(first);
    connection_slot third;
    CHECK(admission->enter(third) == admission_control::refusal::server_full);
  }
  connection_slot fourth;
  CHECK_FALSE(admission->enter(fourth).has_value());
}

TEST_CASE("without limits the door is open") {
  proto::limits none;
  none.address_sockets = none.address_connects = none.address_connects_burst = 0;
  const auto admission = std::make_shared<admission_control>(none, 0);
  std::vector<connection_slot> places(3000);
  for (auto& each : places) {
    REQUIRE_FALSE(admission->enter(each).has_value());
    REQUIRE_FALSE(admission->enter_as(7, 0, each).has_value());
  }
}

TEST_CASE("an address has so many requests answered at once, and so many each second") {
  proto::limits bounds;
  bounds.address_requests = 10;
  bounds.address_requests_burst = 2;
  admission_control admission(bounds, 0);
  CHECK(admission.may_ask(7, 0));
  CHECK(admission.may_ask(7, 0));
  CHECK_FALSE(admission.may_ask(7, 99));
  CHECK(admission.may_ask(8, 99));
  CHECK(admission.may_ask(7, 100));
  bounds.address_requests = 0;
  admission_control wide_open(bounds, 0);
  for (int i = 0; i < 10; ++i) CHECK(wide_open.may_ask(7, 0));
}

TEST_CASE("all sockets of an address may send as much as twenty at full rate") {
  proto::limits made;
  made.messages_per_second = 1;
  made.messages_burst = 2;
  made.bytes_per_second = 100;
  made.bytes_burst = 100;
  const auto admission = std::make_shared<admission_control>(made, 0);
  std::vector<connection_slot> places(3);
  for (std::size_t i = 0; i < places.size(); ++i) {
    REQUIRE_FALSE(admission->enter_as(i < 2 ? 7 : 8, 0, places[i]).has_value());
  }
  for (std::size_t i = 0; i < 40; ++i) CHECK(places[i % 2].may_send(0, 1, 1));
  CHECK_FALSE(places[0].may_send(0, 1, 1));
  CHECK_FALSE(places[1].may_send(0, 1, 1));
  CHECK(places[2].may_send(0, 1, 1));
  CHECK(places[0].may_send(1000, 20, 1900));
  CHECK_FALSE(places[1].may_send(1000, 0, 200));
}

TEST_CASE("a socket that is nobody's in particular sends what it likes") {
  const auto admission = std::make_shared<admission_control>(proto::limits{}, 0);
  connection_slot unknown;
  REQUIRE_FALSE(admission->enter(unknown).has_value());
  for (int i = 0; i < 100; ++i) CHECK(unknown.may_send(0, 1'000'000, 1'000'000'000));
}

TEST_CASE(
    "a few refused sockets of an address may ask how the server is, and as many again later") {
  const auto admission = std::make_shared<admission_control>(proto::limits{}, 1);
  std::vector<admission_control::probation> held(proto::of_network_on_probation_max);
  for (auto& each : held) CHECK(admission->enter_on_probation(7, 0, each));
  admission_control::probation next;
  CHECK_FALSE(admission->enter_on_probation(7, 0, next));
  CHECK(admission->enter_on_probation(8, 0, next));
  held.pop_back();
  admission_control::probation again;
  CHECK(admission->enter_on_probation(7, 0, again));
}

TEST_CASE("however many addresses there are, few sockets are on probation at once") {
  const auto admission = std::make_shared<admission_control>(proto::limits{}, 1);
  std::vector<admission_control::probation> held(proto::on_probation_max);
  std::uint64_t network = 1;
  for (auto& each : held) CHECK(admission->enter_on_probation(network++, 0, each));
  admission_control::probation next;
  CHECK_FALSE(admission->enter_on_probation(network, 0, next));
  held[0] = admission_control::probation();
  CHECK(admission->enter_on_probation(network, 0, next));
}

TEST_CASE("a socket on probation takes no place of those who are let in") {
  const auto admission = std::make_shared<admission_control>(proto::limits{}, 1);
  admission_control::probation held;
  REQUIRE(admission->enter_on_probation(7, 0, held));
  connection_slot first;
  CHECK_FALSE(admission->enter(first).has_value());
  CHECK_FALSE(admission->enter_as(7, 0, first).has_value());
}

TEST_CASE("an address is on probation a thousand times at once, and twenty times a second") {
  const auto admission = std::make_shared<admission_control>(proto::limits{}, 1);
  const auto is_let_in = [&](std::int64_t now_ms) {
    admission_control::probation brief;
    return admission->enter_on_probation(7, now_ms, brief);
  };
  for (int i = 0; i < 1000; ++i) REQUIRE(is_let_in(0));
  CHECK_FALSE(is_let_in(49));
  CHECK(is_let_in(50));
  CHECK_FALSE(is_let_in(50));
}

TEST_CASE("questions for the server's health have a limit that requests do not touch") {
  admission_control admission(proto::limits{}, 0);
  while (admission.may_ask(7, 0)) {
  }
  for (int i = 0; i < 2000; ++i) REQUIRE(admission.may_ask_for_health(7, 0));
  CHECK_FALSE(admission.may_ask_for_health(7, 4));
  CHECK(admission.may_ask_for_health(7, 5));
  CHECK(admission.may_ask_for_health(8, 0));
}
