#include "transport/gateway/gateway_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <utility>

namespace innkeeper::transport {

gateway_actor::gateway_actor(caf::actor_config& config, caf::execution_unit* home,
                             gateway_options options)
    : home_actor(config, home), gateway_(*this, std::move(options)) {}

caf::behavior gateway_actor::make_behavior() {
  return {
      [this](const durable::batch_ready&) { gateway_.perform_all(outputs_->take()); },
      [this](const durable::back_pressure_change& news) { gateway_.change_back_pressure(news); },
      [this](client_arrived& who) { gateway_.arrived(who); },
      [this](const client_left& who) { gateway_.left(who.id); },
      [this](request_arrived& request) { gateway_.asked(request); },
      [this](const timer_rings& its) { gateway_.timer_rang(its.which); },
      [this](use_directory& told) {
        directory_ = std::move(told.directory);
        outputs_ = std::move(told.outputs);
        gateway_.use_directory(*directory_.inside());
      },
      [this](shut_down& asked) { gateway_.begin_shut_down(std::move(asked.done)); },
      [this](const durable::drained&) { gateway_.close_everything(); },
  };
}

void gateway_actor::on_exit() {
  gateway_.end();
  if (outputs_) outputs_->close();
  directory_ = {};  // it holds this actor too
}

gateway_actor::time_point gateway_actor::now() const {
  return clock().now();
}

void gateway_actor::post_timer(gateway_timer which, time_point when) {
  delayed_send(this, when - now(), timer_rings{which});
}

void gateway_actor::post_drain() {
  send(directory_.actor(), durable::drain{caf::actor_cast<caf::actor>(this)});
}

}  // namespace innkeeper::transport
