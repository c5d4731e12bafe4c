#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/sockets/socket_message.hpp"

/// Bases for a kind of object that clients reach by WebSocket: what there is to implement is what
/// happens when somebody connects, speaks and goes. On the object's loop.
namespace innkeeper::sockets {

class socket_object : public durable::durable_object {
 public:
  durable::effects handle(durable::object_message& message, const durable::turn& now) final;

  /// Lets everybody in, unless overridden.
  virtual durable::effects opened(const socket_opened& who, const durable::turn& now);
  virtual durable::effects said(const socket_said& what, const durable::turn& now) = 0;
  virtual durable::effects closed(const socket_closed& who, const durable::turn& now);

  /// Nothing, unless overridden: everything is stored.
  durable::attachments sleep() override { return {}; }
};

class socket_kind : public durable::object_kind {
 public:
  /// Wakes the object for every message, unless overridden.
  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments& left_behind, const durable::object_message& message) const override;
  std::size_t bytes_of(const durable::object_output& output) const override;
  /// Closes all its connections with 1011: they are to come back.
  std::vector<durable::object_output> when_broken() const override;
};

}  // namespace innkeeper::sockets
