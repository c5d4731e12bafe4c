#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "actors/room/room_kind.hpp"
#include "proto/limits.hpp"
#include "tests/transport/lone_gateway.hpp"

using namespace innkeeper;
using namespace std::chrono_literals;

namespace {

struct client final : transport::client_connection {
  void accept() override {}
  void refuse(unsigned int, const std::string&) override {}
  void deliver(const proto::frame&) override { ++pings; }
  void close(std::uint16_t, const std::string&) override {}

  int pings = 0;
};

/// All in one room, at the same moment.
class crowd {
 public:
  explicit crowd(room::connection_id size) : rooms_(room::admin_gate("")) {
    world_.spawn<transport::gateway>(transport::gateway_options{nullptr, world_.watched, rooms_,
                                                                [] { return std::int64_t{0}; }});
    durable::object_outputs said{
        std::make_shared<const durable::object_address>(durable::object_address{&rooms_, "lobby"}),
        {}};
    for (room::connection_id id = 1; id <= size; ++id) {
      clients_.push_back(std::make_shared<client>());
      world_.tell(transport::client_arrived{id, clients_.back(), "lobby",
                                            std::make_shared<const room::connection_facts>()});
      said.outputs.emplace_back(room::room_output(room::admitted{id, {}, {}}));
    }
    world_.put_into_postbag(std::move(said));
  }

  void pass(std::chrono::milliseconds time) { world_.pass(time); }
  void leave(room::connection_id who) { world_.tell(transport::client_left{who}); }

  std::ptrdiff_t count_with_pings(int pings) const {
    return std::ranges::count(clients_, pings, &client::pings);
  }

 private:
  room::room_kind rooms_;  // outlives the gateway
  std::vector<std::shared_ptr<client>> clients_;
  testing::lone_gateway world_;
};

constexpr std::chrono::milliseconds interval{proto::ping_interval_ms};
/// Pings leave in rounds, up to so much late.
constexpr auto late = 250ms;

}  // namespace

TEST_CASE("a round of pings is spread over several turns, and nobody is left out or asked twice") {
  crowd all(600);
  all.pass(interval - 1ms);
  CHECK(all.count_with_pings(0) == 600);
  all.pass(1ms + late);
  CHECK(all.count_with_pings(1) == 256);
  all.pass(1ms);
  CHECK(all.count_with_pings(1) == 512);
  all.pass(1ms);
  CHECK(all.count_with_pings(1) == 600);
  all.pass(interval - 3 * late);
  CHECK(all.count_with_pings(1) == 600);
}

TEST_CASE("who leaves while a round of pings goes on keeps nobody else from theirs") {
  crowd all(300);
  all.pass(interval + late);
  CHECK(all.count_with_pings(1) == 256);
  all.leave(300);
  all.pass(1ms);
  CHECK(all.count_with_pings(1) == 299);
  CHECK(all.count_with_pings(0) == 1);
}
