#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <functional>
#include <memory>

#include "actors/durable/actor_messages.hpp"
#include "actors/durable/batch_mailbox.hpp"
#include "actors/durable/home_actor.hpp"
#include "transport/gateway/gateway.hpp"

/// The CAF shell of a gateway: its messages and its timers. On its home loop.
namespace innkeeper::transport {

struct client_left {
  sockets::connection_id id = 0;
};

/// Finish what is under way, then close all connections with 1001 and call `done`.
struct shut_down {
  std::function<void()> done;
};

/// The first message: where messages for objects go, and where what objects say comes.
struct use_directory {
  durable::home_handle<durable::object_router> directory;
  std::shared_ptr<durable::home_batch_mailbox<durable::object_outputs>> outputs;
};

/// Gateway to itself.
struct timer_rings {
  gateway_timer which;
};

class gateway_actor final : public durable::home_actor, private gateway_host {
 public:
  gateway_actor(caf::actor_config& config, caf::execution_unit* home, gateway_options options);

  gateway& inside() { return gateway_; }

  caf::behavior make_behavior() override;
  const char* name() const override { return "gateway"; }
  void on_exit() override;

 private:
  void turn_ended() override { gateway_.turn_ended(); }

  time_point now() const override;
  void post_timer(gateway_timer which, time_point when) override;
  void post_drain() override;

  durable::home_handle<durable::object_router> directory_;
  std::shared_ptr<durable::home_batch_mailbox<durable::object_outputs>> outputs_;
  gateway gateway_;
};

}  // namespace innkeeper::transport

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::client_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::client_left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::request_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::shut_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::use_directory)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::transport::timer_rings)
