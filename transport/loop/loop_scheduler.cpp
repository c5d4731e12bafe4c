#include "transport/loop/loop_scheduler.hpp"

#include <caf/logger.hpp>

namespace innkeeper::transport {
namespace {

caf::actor_system::module* make_scheduler(caf::actor_system& system, caf::detail::type_list<>) {
  return new loop_scheduler(system);  // CAF's module registry takes ownership
}

}  // namespace

loops_config::loops_config(std::size_t count, bool with_io_uring)
    : loops(count), io_uring(with_io_uring) {
  module_factories.emplace_back(
      [](caf::actor_system& system) { return make_scheduler(system, caf::detail::type_list<>()); });
}

loop_scheduler::loop_scheduler(caf::actor_system& system)
    : caf::scheduler::abstract_coordinator(system) {
  const auto& config = dynamic_cast<const loops_config&>(system.config());
  loop_settings settings;
  settings.io_uring = config.io_uring;
  for (std::size_t i = 0; i < config.loops; ++i) {
    loops_.push_back(std::make_unique<loop>(system, i, settings));
  }
  clock_ = std::make_unique<loop_clock>(*loops_.front());
}

loop_scheduler& loop_scheduler::of(caf::actor_system& system) {
  return dynamic_cast<loop_scheduler&>(system.scheduler());
}

void loop_scheduler::start() {
  for (auto& each : loops_) {
    each->start(
        [this] {
          CAF_SET_LOGGER_SYS(&system());
          system().thread_started();
        },
        [this] { system().thread_terminates(); });
  }
  caf::scheduler::abstract_coordinator::start();
}

void loop_scheduler::stop() {
  stop_actors();
  clock_->cancel_all();
  for (auto& each : loops_) each->stop();
}

void loop_scheduler::enqueue(caf::resumable* actor) {
  loops_[next_++ % loops_.size()]->exec_later(actor);
}

}  // namespace innkeeper::transport
