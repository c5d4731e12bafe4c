#pragma once

#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "actors/durable/runtime.hpp"
#include "tests/support/paused_actors.hpp"
#include "transport/gateway/gateway_actor.hpp"

/// A gateway on CAF's testing scheduler, where nothing runs and no time passes but when a test says
/// so. There are no rooms: what they would say is put into the gateway's mailbox.
namespace innkeeper::testing {

/// Takes everything and says nothing.
struct silent_client : transport::client_connection {
  void accept() override {}
  void refuse(unsigned int, const std::string&) override {}
  void deliver(const proto::frame&) override {}
  void close(std::uint16_t, const std::string&) override {}
};

class lone_gateway : private durable::object_router {
 public:
  lone_gateway() : directory_(actors_.system().spawn<silent_directory>()) {}
  ~lone_gateway() {
    for (const auto& each : {gateway_.actor(), directory_}) {
      caf::anon_send_exit(each, caf::exit_reason::kill);
    }
    gateway_ = {};
    sink_ = {};
    actors_.run();
  }
  lone_gateway(const lone_gateway&) = delete;
  lone_gateway& operator=(const lone_gateway&) = delete;

  void spawn(transport::gateway_options options) {
    caf::actor_config config;
    gateway_ = durable::spawn_at_home<transport::gateway_actor>(actors_.system(), config, nullptr,
                                                                std::move(options));
    sink_ = durable::object_sink::of(gateway_.actor());
    tell(transport::use_directory{{directory_, *this}, sink_.outputs});
  }

  template <class Message>
  void tell(Message message) {
    caf::anon_send(gateway_.actor(), std::move(message));
    actors_.run();
  }
  void put_into_mailbox(durable::object_outputs said) {
    sink_.outputs->put(std::move(said));
    actors_.run();
  }
  void pass(std::chrono::milliseconds time) {
    actors_.scheduler().advance_time(time);
    actors_.run();
  }

  const durable::home_handle<transport::gateway>& gateway() const { return gateway_; }

  transport::metrics watched;
  /// Hears what rooms would.
  std::function<void(durable::object_message&)> on_message;

 private:
  void call_route(durable::cached_route&, durable::object_message& message) override {
    if (on_message) on_message(message);
  }

  class silent_directory final : public caf::event_based_actor {
   public:
    using caf::event_based_actor::event_based_actor;

    caf::behavior make_behavior() override {
      return {[](const durable::deliver&) {}, [](const durable::drain&) {}};
    }
  };

  paused_actors actors_;
  caf::actor directory_;
  durable::home_handle<transport::gateway> gateway_;
  /// The gateway and its mailbox.
  durable::object_sink sink_;
};

}  // namespace innkeeper::testing
