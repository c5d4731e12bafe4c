#include "tests/simulation/server.hpp"

#include <caf/exit_reason.hpp>

#include "actors/durable/directory_actor.hpp"
#include "tests/simulation/run_facts.hpp"

namespace innkeeper::simulation {

server::server(const wiring& to) : disk_(to.disk) {
  actors_.system().await_actors_before_shutdown(false);
  numbers_.next_object = disk_.last_object_number() + 1;
  const auto clock = [&now_ms = to.now_ms] { return now_ms; };
  caf::actor_config for_gateway;
  gateway_ = durable::spawn_at_home<transport::gateway_actor>(
      actors_.system(), for_gateway, nullptr,
      transport::gateway_options{to.watched, clock, report_interval_ms, {}, [this] {
                                   return actors_.scheduler().clock().now();
                                 }});
  auto shared = std::make_shared<durable::runtime>(
      durable::runtime{disk_, disk_, numbers_, observed_, clock});
  shared->kinds = {to.kind};
  shared->sink = durable::object_sink::of(gateway_.actor());
  shared->hibernate_after = to.hibernate_after;
  caf::actor_config for_directory;
  const auto directory = durable::spawn_at_home<durable::directory_actor>(
      actors_.system(), for_directory, std::shared_ptr<const durable::runtime>(shared));
  directory_ = directory.actor();
  tell_gateway(transport::use_directory{directory, shared->sink.outputs});
}

server::~server() {
  caf::anon_send_exit(gateway_.actor(), caf::exit_reason::kill);
  gateway_ = {};
  disk_.send_everybody_away();
  run_some();
  caf::anon_send(directory_, durable::drain{});
  run_some();
  caf::anon_send_exit(directory_, caf::exit_reason::kill);
  directory_ = nullptr;
  run_some();
  actors_.scheduler().clock().cancel_all();
  run_some();
}

/// Whoever still writes meanwhile is sent away as well.
void server::run_some() {
  constexpr int steps_max = 100'000;
  for (int i = 0; i < steps_max && has_work(); ++i) {
    actors_.scheduler().run_once();
    if (!has_work()) disk_.send_everybody_away();
  }
}

void server::run_one(chance& by) {
  auto& jobs = actors_.scheduler().jobs;
  std::swap(jobs.front(), jobs[by.below(jobs.size())]);
  actors_.scheduler().run_once();
}

void server::pass_time(std::chrono::milliseconds duration) {
  actors_.scheduler().clock().advance_time(duration);
}

}  // namespace innkeeper::simulation
