#pragma once

#include <string_view>

#include "actors/durable/durable_object.hpp"

/// Receives events that an operator wants to see. Called on the loops' threads, so it has to be
/// thread-safe and quick.
namespace innkeeper::durable {

class runtime_observer {
 public:
  virtual ~runtime_observer() = default;
  /// The number of awake objects has changed by +1 or -1.
  virtual void awake_changed(int /*difference*/) {}
  /// The number of hibernated objects with attachments has changed by +1 or -1.
  virtual void asleep_changed(int /*difference*/) {}
  /// An object broke: a commit failed, a read failed, or its code threw.
  virtual void broke(const object_address& /*which*/, std::string_view /*why*/) {}
};

}  // namespace innkeeper::durable
