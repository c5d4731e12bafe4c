#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/sockets/socket_message.hpp"

/// Base classes for kinds of objects that clients reach by WebSocket and HTTP. A kind implements
/// what happens on a connect, a message, a request and a disconnect.
namespace innkeeper::sockets {

/// On the object's loop.
class socket_object : public durable::durable_object {
 public:
  durable::effects handle(durable::object_message& message, const durable::turn& now) final;

  /// Accepts the connection, unless overridden.
  virtual durable::effects opened(const connection_opened& who, const durable::turn& now);
  virtual durable::effects received(const message_received& what, const durable::turn& now) = 0;
  virtual durable::effects closed(const connection_closed& who, const durable::turn& now);
  virtual durable::effects kept_alive(const keepalive& who, const durable::turn& now);
  /// Answers 405 unless overridden: the kind takes no requests.
  virtual durable::effects requested(const request& what, const durable::turn& now);

  /// Keeps nothing unless overridden: all state is stored.
  durable::attachments sleep() override { return {}; }
};

/// One whole message as received. Valid during one call.
struct raw_message {
  connection_id connection = 0;
  const facts_ptr& facts;
  proto::role role = proto::role::user;
  std::string_view payload;
  bool binary = false;
};

/// A message as parsed by its kind.
struct read_message {
  /// Nothing: the message only shows that the client is alive.
  std::optional<durable::object_message> message;
  /// The client asks to close. It is exempt from rate limits, since nothing follows.
  bool asks_to_close = false;
};

/// All loops share it, so it has to be immutable.
class socket_kind : public durable::object_kind {
 public:
  /// Parses a message before it goes to the object. Unless overridden, it wraps the message in a
  /// socket_message.
  virtual read_message read(const raw_message& what) const;
  /// Wraps all other events for its objects.
  virtual durable::object_message wrap(socket_event what) const;

  /// The noun for its objects in sentences for clients.
  virtual std::string_view noun() const { return "object"; }
  /// Whether each connection receives a ping message about every 25 s.
  virtual bool is_pinged() const { return false; }
  /// The ping message. Unused if is_pinged() is false.
  virtual proto::frame ping(std::int64_t /*now_ms*/) const { return {}; }
  /// The answer to a message while the object as a whole receives too many. Nothing: the connection
  /// is closed with 1013.
  virtual std::optional<proto::frame> too_loud() const { return std::nullopt; }
  /// False: message rates are not limited.
  virtual bool is_rate_limited() const { return true; }
  /// Maximum bytes of one message; a longer one closes the connection with 1009. `by_default` is
  /// the server's limit.
  virtual std::size_t message_bytes_max(std::size_t by_default) const { return by_default; }
  /// Whether this request needs the time of each member's last communication, in either direction.
  virtual bool wants_activity(const request& /*of*/) const { return false; }

  /// Wakes the object for every message, unless overridden.
  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments& left_behind, const durable::object_message& message) const override;
  std::size_t bytes_of(const durable::object_output& output) const override;
  /// Closes all its connections with 1011, so that the clients reconnect.
  std::vector<durable::object_output> when_broken() const override;
};

}  // namespace innkeeper::sockets
