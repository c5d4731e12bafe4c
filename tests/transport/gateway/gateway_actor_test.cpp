#include "transport/gateway/gateway_actor.hpp"

#include <algorithm>
#include <any>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/room/room_kind.hpp"
#include "health/monitor.hpp"
#include "tests/support/room_rules.hpp"
#include "tests/transport/gateway/lone_gateway.hpp"

using namespace innkeeper;
using namespace std::chrono_literals;

namespace {

struct client final : testing::silent_client {
  void refuse(unsigned int with, const std::string&) override { refused_with = with; }
  void deliver(const proto::frame& frame) override { heard.emplace_back(frame.payload()); }

  unsigned int refused_with = 0;
  std::vector<std::string> heard;
};

/// A gateway with both of its clocks in the test's hands, whose room lets everybody in.
class desk {
 public:
  explicit desk(const proto::limits& limits = {})
      : rooms_(testing::rooms_with(room::admin_auth(""), room::room_rules::default_session_ttl_ms,
                                   limits, health_ptr)) {
    world_.watched.watch_health(health);
    world_.on_message = [this](durable::object_message& message) { take(message); };
    transport::gateway_options options{world_.watched, [this] { return wall_ms; }};
    options.limits = limits;
    options.now = [this] { return now; };
    world_.spawn(std::move(options));
  }

  std::shared_ptr<client> come(sockets::connection_id id) {
    auto who = std::make_shared<client>();
    world_.tell(transport::client_arrived{
        id, who, lobby_, std::make_shared<const sockets::connection_facts>(), nullptr});
    durable::object_outputs said{lobby_, {}};
    said.outputs.emplace_back(sockets::socket_output(sockets::accept{id}));
    world_.put_into_mailbox(std::move(said));
    return who;
  }
  void say(sockets::connection_id id) { world_.gateway()->call_received({id, "nonsense", false}); }
  /// What the room is told of when each was heard last.
  std::vector<std::int64_t> activity() {
    sockets::request asked;
    asked.path = room::users_path;
    world_.tell(transport::request_arrived{lobby_, std::move(asked), [](auto) {}});
    return activity_;
  }
  std::uint64_t count_of(health::reason what) const {
    const auto all = health.troubles();
    return std::ranges::find(all, what, &health::trouble::what)->count;
  }

  std::int64_t wall_ms = 1'000'000'000'000;
  std::chrono::steady_clock::time_point now{1000h};
  std::shared_ptr<health::monitor> health_ptr = std::make_shared<health::monitor>();
  health::monitor& health = *health_ptr;

 private:
  void take(durable::object_message& message) {
    auto* said = std::any_cast<room::room_message>(&message);
    auto* asked = said == nullptr ? nullptr : std::get_if<room::request>(said);
    if (asked == nullptr) return;
    activity_.clear();
    for (const auto& each : asked->members.activity)
      activity_.push_back(each.last_communication_ms);
  }

  room::room_kind rooms_;  // outlives the gateway
  durable::address_ptr lobby_ =
      std::make_shared<const durable::object_address>(durable::object_address{&rooms_, "lobby"});
  std::vector<std::int64_t> activity_;
  testing::lone_gateway world_;
};

}  // namespace

TEST_CASE("nobody was heard after now, whichever way the wall clock is set") {
  const std::int64_t by_ms = GENERATE(-3'600'000, 0, 3'600'000);
  desk here;
  here.come(1);
  here.now += 5s;
  here.wall_ms += 5000;
  here.say(1);
  here.now += 2s;
  here.wall_ms += 2000 + by_ms;
  CHECK(here.activity() == std::vector<std::int64_t>{here.wall_ms - 2000});
}

TEST_CASE("who is turned away from a full room is counted") {
  proto::limits limits;
  limits.room_sockets = 1;
  desk here(limits);
  CHECK(here.come(1)->refused_with == 0);
  CHECK(here.count_of(health::reason::room_sockets) == 0);
  CHECK(here.come(2)->refused_with == 503);
  CHECK(here.count_of(health::reason::room_sockets) == 1);
}

TEST_CASE("what a loud room does not hear is answered with an error, and counted") {
  proto::limits limits;
  limits.room_messages_burst = 2;
  desk here(limits);
  const auto ann = here.come(1);
  for (int i = 0; i < 3; ++i) here.say(1);
  REQUIRE(ann->heard.size() == 1);
  CHECK(ann->heard[0].find("rate_limited") != std::string::npos);
  CHECK(here.count_of(health::reason::room_messages) == 1);
  CHECK(here.health.errors().at("rate_limited") == 1);
}
