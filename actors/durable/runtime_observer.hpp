#pragma once

#include <string_view>

#include "actors/durable/durable_object.hpp"

/// Told of what an operator wants to see. Called on the loops' threads: has to be thread-safe and
/// quick.
namespace innkeeper::durable {

class runtime_observer {
 public:
  virtual ~runtime_observer() = default;
  /// Objects that are awake have become more (+1) or fewer (-1).
  virtual void awake_changed(int /*difference*/) {}
  /// Objects that sleep with attachments have become more or fewer.
  virtual void asleep_changed(int /*difference*/) {}
  /// An object has lost its footing: a commit was rejected, a read failed, or its code threw.
  virtual void broke(const object_address& /*which*/, std::string_view /*why*/) {}
};

}  // namespace innkeeper::durable
