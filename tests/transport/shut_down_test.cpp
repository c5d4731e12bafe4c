#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>

#include "actors/room/room_kind.hpp"
#include "actors/sockets/echo.hpp"
#include "transport/gateway.hpp"
#include "transport/object_gateway.hpp"

using namespace innkeeper;
using transport::client_left;

namespace {

struct client final : transport::client_connection {
  void accept() override {}
  void refuse(unsigned int, const std::string&) override {}
  void deliver(const proto::frame&) override {}
  void close(std::uint16_t, const std::string&) override {}
};

/// Stands in for the directory: what is under way ends when the test says so.
class busy_directory final : public caf::event_based_actor {
 public:
  using caf::event_based_actor::event_based_actor;

  caf::behavior make_behavior() override {
    return {[](const durable::deliver&) {}, [](const durable::drain&) {}};
  }
};

/// A gateway on CAF's testing scheduler, that has been asked to shut down.
class stopping_gateway {
 public:
  stopping_gateway() {
    config_.set("scheduler.policy", caf::atom("testing"));
    config_.set("logger.verbosity", caf::atom("quiet"));
    system_ = std::make_unique<caf::actor_system>(config_);
    directory_ = system_->spawn<busy_directory>();
  }
  ~stopping_gateway() {
    for (const auto& each : {gateway_, directory_}) {
      caf::anon_send_exit(each, caf::exit_reason::kill);
    }
    gateway_ = nullptr;
    run();
  }

  template <class Gateway, class... Options>
  void spawn(Options&&... options) {
    gateway_ = system_->spawn<Gateway>(std::forward<Options>(options)...);
    tell(transport::gateway::use_directory{directory_, [](auto&, auto&, auto*) {}, nullptr});
  }
  template <class Message>
  void tell(Message message) {
    caf::anon_send(gateway_, std::move(message));
    run();
  }
  void ask_to_shut_down() {
    tell(transport::shut_down{[this] { done = true; }});
  }

  const caf::actor& gateway() const { return gateway_; }

  transport::metrics watched;
  bool done = false;

 private:
  void run() { dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler()).run(); }

  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor directory_;
  caf::actor gateway_;
};

}  // namespace

TEST_CASE("a gateway whose last client leaves while rooms finish their work waits for them") {
  const room::room_kind rooms(room::admin_gate(""));
  stopping_gateway world;
  world.spawn<transport::gateway>(
      transport::gateway_options{nullptr, world.watched, rooms, [] { return std::int64_t{0}; }});
  world.tell(transport::client_arrived{1, std::make_shared<client>(), "lobby",
                                       std::make_shared<const room::connection_facts>()});
  world.ask_to_shut_down();
  world.tell(client_left{1});
  transport::gateway::hear_sign_of_life(world.gateway(), 1);  // of somebody who has gone
  CHECK_FALSE(world.done);
  world.tell(durable::drained{});
  CHECK(world.done);
}

TEST_CASE("a gateway whose last client leaves while objects finish their work waits for them") {
  stopping_gateway world;
  world.spawn<transport::object_gateway>(nullptr, world.watched);
  const sockets::echo_kind lamps;
  const auto object =
      std::make_shared<const durable::object_address>(durable::object_address{&lamps, "desk"});
  world.tell(transport::object_client_arrived{std::make_shared<client>(), object, {1, {}}});
  world.ask_to_shut_down();
  world.tell(client_left{1});
  CHECK_FALSE(world.done);
  world.tell(durable::drained{});
  CHECK(world.done);
}
