#pragma once

#include <caf/event_based_actor.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <cstddef>
#include <utility>

/// The base of actors that live on one loop. CAF runs an actor on its sender's execution unit;
/// these actors always run on their home's unit. So an actor shares its loop's plain data without
/// locks. With a null home CAF's scheduler chooses. It must have a single thread then, as in tests.
namespace innkeeper::durable {

class home_actor : public caf::event_based_actor {
 public:
  home_actor(caf::actor_config& config, caf::execution_unit* home)
      : caf::event_based_actor(config), home_(home) {
    context(home_);
  }

  using caf::event_based_actor::enqueue;

  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* unit) override {
    caf::event_based_actor::enqueue(std::move(element), home_ != nullptr ? home_ : unit);
  }

  resume_result resume(caf::execution_unit* unit, std::size_t max_messages) override {
    const auto result = caf::event_based_actor::resume(unit, max_messages);
    turn_ended();
    context(home_);  // for calls by others on the loop between its turns
    return result;
  }

 protected:
  caf::execution_unit* home() const { return home_; }

  /// Called after the actor has handled its messages, or as many as it may handle in a row. Also
  /// called once the actor has ended.
  virtual void turn_ended() {}

 private:
  caf::execution_unit* home_;
};

}  // namespace innkeeper::durable
