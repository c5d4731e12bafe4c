#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

/// CAF's actors on its testing scheduler: nothing runs and no time passes but when a test says so.
namespace innkeeper::testing {

class paused_actors {
 public:
  caf::actor_system& system() { return system_; }
  caf::scheduler::test_coordinator& scheduler() const { return scheduler_; }
  /// Until nobody has anything to do.
  void run() { scheduler_.run(); }

 private:
  struct settings : caf::actor_system_config {
    settings() {
      set("scheduler.policy", caf::atom("testing"));
      set("logger.verbosity", caf::atom("quiet"));
    }
  };

  settings settings_;
  caf::actor_system system_{settings_};
  caf::scheduler::test_coordinator& scheduler_ =
      dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
};

}  // namespace innkeeper::testing
