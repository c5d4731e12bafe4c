// One life of a server, from its start to its crash or its orderly end: the real gateway, directory
// and objects on CAF's testing scheduler, where chance says who runs next.
#pragma once

#include <caf/send.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "actors/durable/runtime.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/simulated_disk.hpp"
#include "tests/support/paused_actors.hpp"
#include "transport/gateway/gateway_actor.hpp"

namespace innkeeper::simulation {

class server {
 public:
  struct wiring {
    simulated_disk& disk;
    std::shared_ptr<const sockets::socket_kind> kind;
    transport::metrics& watched;
    const std::int64_t& now_ms;
    std::chrono::milliseconds hibernate_after;
  };

  explicit server(const wiring& to);
  /// Ends everybody without a word. The disk has to have crashed before, unless nothing is awake.
  ~server();

  template <class Message>
  void tell_gateway(Message message) {
    caf::anon_send(gateway_.actor(), std::move(message));
  }
  void hear(sockets::connection_id from, std::string_view text) {
    gateway_->call_received({from, text, false});
  }
  bool has_work() const { return !actors_.scheduler().jobs.empty(); }
  /// One message of one actor, whichever chance picks.
  void run_one(chance& by);
  void pass_time(std::chrono::milliseconds duration);

  int awake() const { return observed_.awake; }
  int asleep() const { return observed_.asleep; }

 private:
  struct counts final : durable::runtime_observer {
    int awake = 0;
    int asleep = 0;
    void awake_changed(int difference) override { awake += difference; }
    void asleep_changed(int difference) override { asleep += difference; }
  };

  void run_some();

  simulated_disk& disk_;
  counts observed_;
  durable::number_source numbers_;
  testing::paused_actors actors_;
  durable::home_handle<transport::gateway> gateway_;
  caf::actor directory_;
};

}  // namespace innkeeper::simulation
