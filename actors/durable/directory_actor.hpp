#pragma once

#include <caf/behavior.hpp>
#include <caf/system_messages.hpp>
#include <cstdint>
#include <memory>

#include "actors/durable/actor_messages.hpp"
#include "actors/durable/batch_mailbox.hpp"
#include "actors/durable/directory.hpp"
#include "actors/durable/home_actor.hpp"
#include "actors/durable/object_host.hpp"
#include "actors/durable/runtime.hpp"

/// The CAF actor of a directory: its messages, its timers, and the actors of its objects. On its
/// home loop.
namespace innkeeper::durable {

class directory_actor final : public home_actor, private object_host {
 public:
  directory_actor(caf::actor_config& config, std::shared_ptr<const runtime> shared);

  directory& inside() { return directory_; }

  caf::behavior make_behavior() override;
  const char* name() const override { return "directory"; }
  void on_exit() override;

 private:
  std::shared_ptr<live_object> call_make(const address_ptr& who, hibernated_row record,
                                         attachments left_behind) override;
  time_point now() const override;
  void post_hydration() override;
  void post_idle_look(time_point when) override;
  void post_alarm_look(std::chrono::milliseconds wait, std::uint64_t timer) override;
  void post_outputs(object_outputs said) override;
  void post_back_pressure(back_pressure_change news) override;

  void tell_of_commits();
  void object_ended(const caf::down_msg& down);

  std::shared_ptr<const runtime> shared_;
  /// The writer's answers.
  std::shared_ptr<batch_mailbox<batch_done>> reports_;
  directory directory_;
};

}  // namespace innkeeper::durable
