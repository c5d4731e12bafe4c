#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/sockets/socket_message.hpp"

/// Bases for a kind of object that clients reach by WebSocket and HTTP: what there is to implement
/// is what happens when somebody connects, speaks, asks and goes.
namespace innkeeper::sockets {

/// On the object's loop.
class socket_object : public durable::durable_object {
 public:
  durable::effects handle(durable::object_message& message, const durable::turn& now) final;

  /// Lets everybody in, unless overridden.
  virtual durable::effects opened(const connection_opened& who, const durable::turn& now);
  virtual durable::effects received(const message_received& what, const durable::turn& now) = 0;
  virtual durable::effects closed(const connection_closed& who, const durable::turn& now);
  virtual durable::effects kept_alive(const keepalive& who, const durable::turn& now);
  /// Answers 405, unless overridden: this kind takes no requests.
  virtual durable::effects requested(const request& what, const durable::turn& now);

  /// Nothing, unless overridden: everything is stored.
  durable::attachments sleep() override { return {}; }
};

/// One whole message as it has come. Valid during one call.
struct raw_message {
  connection_id connection = 0;
  const facts_ptr& facts;
  proto::role role = proto::role::user;
  std::string_view payload;
  bool binary = false;
};

/// A message as its kind has read it.
struct read_message {
  /// Nothing: it says only that the client is there.
  std::optional<durable::object_message> message;
  /// The client asks to be closed. It is exempt from limits on rates, since nothing follows.
  bool asks_to_close = false;
};

/// Shared by all loops: has to be immutable.
class socket_kind : public durable::object_kind {
 public:
  /// Parses a message before it goes to the object. Wraps a socket_message, unless overridden.
  virtual read_message read(const raw_message& what) const;
  /// Everything else that its objects are told.
  virtual durable::object_message wrap(socket_event what) const;

  /// What its objects are called in sentences for clients.
  virtual std::string_view noun() const { return "object"; }
  /// Whether each connection is sent a message every 25 s or so.
  virtual bool is_pinged() const { return false; }
  /// That message, where there is one.
  virtual proto::frame ping(std::int64_t /*now_ms*/) const { return {}; }
  /// Told to whoever speaks while the object as a whole is told too much. Nothing: the connection
  /// is closed with 1013.
  virtual std::optional<proto::frame> too_loud() const { return std::nullopt; }
  /// False: no limit on the rate of messages holds.
  virtual bool is_rate_limited() const { return true; }
  /// Bytes of one message; more closes the connection with 1009. `by_default` is the server's
  /// limit.
  virtual std::size_t message_bytes_max(std::size_t by_default) const { return by_default; }
  /// Whether this request needs to know when each member was last heard.
  virtual bool wants_activity(const request& /*of*/) const { return false; }

  /// Wakes the object for every message, unless overridden.
  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments& left_behind, const durable::object_message& message) const override;
  std::size_t bytes_of(const durable::object_output& output) const override;
  /// Closes all its connections with 1011: they are to come back.
  std::vector<durable::object_output> when_broken() const override;
};

}  // namespace innkeeper::sockets
