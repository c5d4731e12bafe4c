#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/room/room_kind.hpp"
#include "proto/limits.hpp"
#include "tests/support/room_rules.hpp"
#include "tests/transport/gateway/lone_gateway.hpp"

using namespace innkeeper;
using namespace std::chrono_literals;

namespace {

struct client final : testing::silent_client {
  void deliver(const proto::frame& frame) override {
    if (frame.payload().find(R"("type":"ping")") == std::string_view::npos) return;
    ++pings;
    if (on_ping) on_ping();
  }

  int pings = 0;
  std::function<void()> on_ping;
};

/// All in one room.
class crowd {
 public:
  explicit crowd(sockets::connection_id size) : rooms_(testing::rooms_with(room::admin_auth(""))) {
    world_.spawn({world_.watched, [] { return std::int64_t{0}; }});
    join(size);
  }

  /// At the same moment.
  void join(sockets::connection_id count) {
    durable::object_outputs said{lobby_, {}};
    for (sockets::connection_id i = 0; i < count; ++i) {
      clients_.push_back(std::make_shared<client>());
      const sockets::connection_id id = clients_.size();
      world_.tell(transport::client_arrived{id, clients_.back(), lobby_,
                                            std::make_shared<const sockets::connection_facts>(),
                                            nullptr});
      said.outputs.emplace_back(sockets::socket_output(sockets::accept{id}));
    }
    world_.put_into_mailbox(std::move(said));
  }

  void pass(std::chrono::milliseconds time) { world_.pass(time); }
  /// Whoever is told that a client has left is told by a message.
  void on_ping_of(sockets::connection_id who, sockets::connection_id leaves) {
    clients_[who - 1]->on_ping = [this, leaves] {
      caf::anon_send(world_.gateway().actor(), transport::client_left{leaves});
    };
  }
  /// For others than the crowd itself.
  void forget(sockets::connection_id who) { clients_[who - 1].reset(); }

  std::ptrdiff_t count_with_pings(int pings) const {
    return std::ranges::count_if(
        clients_, [pings](const auto& each) { return each && each->pings == pings; });
  }

 private:
  room::room_kind rooms_;  // outlives the gateway
  durable::address_ptr lobby_ =
      std::make_shared<const durable::object_address>(durable::object_address{&rooms_, "lobby"});
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
  for (const int pings : {1, 2, 3}) {
    CHECK(all.count_with_pings(pings) == 256);
    all.pass(1ms);
    CHECK(all.count_with_pings(pings) == 512);
    all.pass(1ms);
    CHECK(all.count_with_pings(pings) == 600);
    all.pass(interval - 2ms - 1ms);
    CHECK(all.count_with_pings(pings) == 600);
    all.pass(1ms + late);
  }
}

TEST_CASE("as many as a turn has place for are pinged in one, and one more in the next") {
  const auto size = GENERATE(255, 256, 257);
  crowd all(static_cast<sockets::connection_id>(size));
  all.pass(interval + late);
  CHECK(all.count_with_pings(1) == std::min(size, 256));
  all.pass(1ms);
  CHECK(all.count_with_pings(1) == size);
}

TEST_CASE("rounds that are due at the same time share a turn") {
  crowd all(200);
  all.pass(2 * late);
  all.join(200);
  all.pass(interval + late);  // the clock goes over both
  CHECK(all.count_with_pings(1) == 256);
  all.pass(1ms);
  CHECK(all.count_with_pings(1) == 400);
}

TEST_CASE("who leaves while a round of pings goes on keeps nobody else from theirs") {
  crowd all(300);
  all.on_ping_of(10, 11);   // in the same turn: it is too late for that
  all.on_ping_of(20, 290);  // before its turn
  all.forget(11);
  all.forget(290);
  all.pass(interval + late);
  CHECK(all.count_with_pings(1) == 255);
  all.pass(1ms);
  CHECK(all.count_with_pings(1) == 298);
  CHECK(all.count_with_pings(0) == 0);
}
