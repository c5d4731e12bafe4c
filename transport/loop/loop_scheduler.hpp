#pragma once

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <cstddef>
#include <memory>
#include <vector>

#include "transport/loop/loop.hpp"
#include "transport/loop/loop_clock.hpp"

/// CAF's scheduler, whose workers are the loops. Nothing polls: a loop without work sleeps in
/// epoll.
namespace innkeeper::transport {

/// Says what loops the scheduler makes; loads the scheduler.
class loops_config : public caf::actor_system_config {
 public:
  loops_config(std::size_t count, bool io_uring);

  std::size_t loops;
  bool io_uring;
};

class loop_scheduler final : public caf::scheduler::abstract_coordinator {
 public:
  explicit loop_scheduler(caf::actor_system& system);

  /// The scheduler of a system that was made with a loops_config.
  static loop_scheduler& of(caf::actor_system& system);

  std::size_t size() const { return loops_.size(); }
  loop& at(std::size_t index) { return *loops_.at(index); }

  void start() override;
  void stop() override;
  /// For actors without a home: one loop after the other.
  void enqueue(caf::resumable* actor) override;
  caf::actor_clock& clock() noexcept override { return *clock_; }

 private:
  std::vector<std::unique_ptr<loop>> loops_;
  std::unique_ptr<loop_clock> clock_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace innkeeper::transport
