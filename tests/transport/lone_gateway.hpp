#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "transport/gateway.hpp"

/// A gateway on CAF's testing scheduler, where nothing runs and no time passes but when a test says
/// so. There are no rooms: what they would say is put into the gateway's postbag.
namespace innkeeper::testing {

class lone_gateway {
 public:
  lone_gateway() {
    config_.set("scheduler.policy", caf::atom("testing"));
    config_.set("logger.verbosity", caf::atom("quiet"));
    system_ = std::make_unique<caf::actor_system>(config_);
    directory_ = system_->spawn<silent_directory>();
  }
  ~lone_gateway() {
    for (const auto& each : {gateway_, directory_}) {
      caf::anon_send_exit(each, caf::exit_reason::kill);
    }
    gateway_ = nullptr;
    run();
  }
  lone_gateway(const lone_gateway&) = delete;
  lone_gateway& operator=(const lone_gateway&) = delete;

  template <class Gateway, class... Options>
  void spawn(Options&&... options) {
    gateway_ = system_->spawn<Gateway>(std::forward<Options>(options)...);
    postbag_ = std::make_shared<postbag>(gateway_);
    tell(transport::gateway::use_directory{directory_, [](auto&, auto&, auto*) {}, postbag_});
  }

  template <class Message>
  void tell(Message message) {
    caf::anon_send(gateway_, std::move(message));
    run();
  }
  void put_into_postbag(durable::object_outputs said) {
    postbag_->put(std::move(said));
    run();
  }
  void pass(std::chrono::milliseconds time) {
    scheduler().advance_time(time);
    run();
  }

  const caf::actor& gateway() const { return gateway_; }

  transport::metrics watched;

 private:
  using postbag = durable::home_postbag<durable::object_outputs>;

  class silent_directory final : public caf::event_based_actor {
   public:
    using caf::event_based_actor::event_based_actor;

    caf::behavior make_behavior() override {
      return {[](const durable::deliver&) {}, [](const durable::drain&) {}};
    }
  };

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  }
  void run() { scheduler().run(); }

  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor directory_;
  caf::actor gateway_;
  std::shared_ptr<postbag> postbag_;
};

}  // namespace innkeeper::testing
