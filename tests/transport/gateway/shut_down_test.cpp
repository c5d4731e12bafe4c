#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "actors/room/room_kind.hpp"
#include "actors/sockets/echo.hpp"
#include "tests/support/room_rules.hpp"
#include "tests/transport/gateway/lone_gateway.hpp"

using namespace innkeeper;
using transport::client_left;

namespace {

/// It has been asked to shut down; what is under way ends when the test says so.
struct stopping_gateway : testing::lone_gateway {
  void ask_to_shut_down() {
    tell(transport::shut_down{[this] { done = true; }});
  }

  bool done = false;
};

}  // namespace

TEST_CASE("a gateway whose last client leaves while objects finish their work waits for them") {
  stopping_gateway world;
  world.spawn({world.watched, [] { return std::int64_t{0}; }});
  const auto rooms = testing::rooms_with(room::admin_auth(""));
  const sockets::echo_kind echoes;
  const bool is_room = GENERATE(true, false);
  const auto object = std::make_shared<const durable::object_address>(
      is_room ? durable::object_address{&rooms, "lobby"}
              : durable::object_address{&echoes, "lobby"});
  world.tell(transport::client_arrived{1, std::make_shared<testing::silent_client>(), object,
                                       std::make_shared<const sockets::connection_facts>(),
                                       nullptr});
  world.ask_to_shut_down();
  world.tell(client_left{1});
  world.gateway()->call_sign_of_life(1);  // of somebody who has gone
  CHECK_FALSE(world.done);
  world.tell(durable::drained{});
  CHECK(world.done);
}
