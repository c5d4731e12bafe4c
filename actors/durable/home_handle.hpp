#pragma once

#include <caf/abstract_actor.hpp>
#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <concepts>
#include <type_traits>
#include <utility>

/// A handle to an actor. It keeps the actor alive, and actors of the same loop call the object
/// inside it. Names show how control moves: `call_` runs now, `post_` runs on this loop later,
/// `send_` goes to another thread. Any thread may hold a handle; only the actor's loop may
/// dereference it.
namespace innkeeper::durable {

template <class Inside>
class home_handle {
 public:
  home_handle() = default;
  home_handle(caf::actor keeper, Inside& inside) : actor_(std::move(keeper)), inside_(&inside) {}
  /// Converts to a handle of a base class.
  template <std::derived_from<Inside> Derived>
  // NOLINTNEXTLINE(google-explicit-constructor): as of pointers
  home_handle(const home_handle<Derived>& other) : actor_(other.actor()), inside_(other.inside()) {}

  /// The actor, as the target of messages.
  const caf::actor& actor() const { return actor_; }
  Inside* inside() const { return inside_; }
  Inside* operator->() const { return inside_; }

 private:
  caf::actor actor_;
  Inside* inside_ = nullptr;
};

/// Starts an actor and returns a handle to the object that its `inside()` returns.
template <class Actor, caf::spawn_options Options = caf::no_spawn_options, class... Arguments>
auto spawn_at_home(caf::actor_system& system, caf::actor_config& config, Arguments&&... arguments) {
  auto spawned = system.spawn_class<Actor, Options>(config, std::forward<Arguments>(arguments)...);
  auto& inside = static_cast<Actor&>(*caf::actor_cast<caf::abstract_actor*>(spawned)).inside();
  return home_handle<std::remove_reference_t<decltype(inside)>>(std::move(spawned), inside);
}

}  // namespace innkeeper::durable
