#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/sockets/subscriptions.hpp"
#include "actors/sockets/topic.hpp"
#include "proto/close_codes.hpp"
#include "proto/frame.hpp"
#include "proto/role.hpp"

/// Messages between an object and its gateway: values, carried by the runtime. They are independent
/// of how sockets work. Any thread.
namespace innkeeper::sockets {

/// Unique within the process and never reused.
using connection_id = std::uint64_t;
/// Identifies a request that waits for its answer; unique within one gateway.
using request_id = std::uint64_t;

/// Names and values, in order.
using pairs = std::vector<std::pair<std::string, std::string>>;

/// Facts about a connection that never change.
struct connection_facts {
  /// Connections of one session belong to one user and share their subscriptions.
  std::string session;
  /// A JSON object with the keys of Cloudflare's `request.cf`.
  std::string details_json;
  /// The client's IPv4 address, or the /64 network of its IPv6 address; 0: unknown.
  std::uint64_t network = 0;
};
using facts_ptr = std::shared_ptr<const connection_facts>;

/// The HTTP request that opened a connection.
struct handshake {
  /// The decoded parameters after the question mark.
  pairs query;
  /// The request's header fields, names in lower case.
  pairs headers;
};
using handshake_ptr = std::shared_ptr<const handshake>;

// ---- to an object

/// A client wants to connect. The object answers with `accept` or `refuse`. The connection receives
/// nothing before that.
struct connection_opened {
  connection_id connection = 0;
  facts_ptr facts;
  /// Null if the kind does not need it.
  handshake_ptr asked;
};

/// One whole message. Text is valid UTF-8.
struct message_received {
  connection_id connection = 0;
  facts_ptr facts;
  /// The role as the gateway knows it: a `set_role` may still wait at the output gate.
  proto::role role = proto::role::user;
  std::string payload;
  bool binary = false;
};

/// A connection that was opened, accepted or not, is closed.
struct connection_closed {
  connection_id connection = 0;
  facts_ptr facts;
  /// No other connection of this session is open.
  bool last_of_session = false;
};

/// A connection has been open for so long that its session's expiry should be renewed. Only for
/// kinds with pings.
struct keepalive {
  facts_ptr facts;
};

struct member_activity {
  std::string session;
  /// Milliseconds since 1970-01-01 UTC.
  std::int64_t last_communication_ms = 0;
};

/// The accepted connections at the time of a request.
struct member_list {
  std::size_t connections = 0;
  std::size_t sessions = 0;
  /// One entry per connection; empty unless the kind asks for it.
  std::vector<member_activity> activity;
};

/// An HTTP request. The object answers it with `answer`.
struct request {
  request_id id = 0;
  /// "GET", "POST", ...
  std::string method;
  /// The path after the object's name, such as "/top", or empty.
  std::string path;
  pairs query;
  /// Names in lower case.
  pairs headers;
  std::string body;
  member_list members;
};

using socket_event = std::variant<connection_opened, connection_closed, keepalive, request>;
using socket_message =
    std::variant<connection_opened, message_received, connection_closed, keepalive, request>;

// ---- from an object; outputs for closed connections are dropped

struct accept {
  connection_id connection = 0;
  /// The session's subscriptions. Used only if this is the session's first connection.
  subscriptions topics{};
  /// The first frames for the connection.
  std::vector<proto::frame> first_frames{};
};

/// Answers the upgrade with this HTTP status.
struct refuse {
  connection_id connection = 0;
  unsigned int status = 403;
  std::string sentence;
};

struct send {
  connection_id connection = 0;
  proto::frame frame;
};

/// To those of these connections that have the role when the output leaves. A granted role may have
/// been revoked because the disk was full.
struct send_to_role {
  std::vector<connection_id> connections;
  proto::role role = proto::role::admin;
  proto::frame frame;
};

/// To every accepted connection of the object.
struct send_to_all {
  proto::frame frame;
};

/// To the subscribers of the topic when the output leaves, once each.
struct publish {
  sockets::topic topic;
  proto::frame frame;
};

/// Subscribes all connections of the session.
struct subscribe {
  std::string session;
  sockets::topic topic;
};

struct unsubscribe {
  std::string session;
  sockets::topic topic;
};

struct set_role {
  connection_id connection = 0;
  proto::role role = proto::role::user;
};

/// `code` is one of proto/close_codes.hpp, or from 3000 to 4999. `reason` has at most 123 bytes.
struct close {
  connection_id connection = 0;
  std::uint16_t code = proto::close_code::normal;
  std::string reason{};
};

/// Closes all connections of the object, so that the clients reconnect, and answers its waiting
/// requests with 503.
struct close_all {
  std::uint16_t code = proto::close_code::internal_error;
  std::string reason;
  /// The text of the 503 answer to connections that are not accepted yet. Empty: `reason`.
  std::string refusal{};
};

struct response {
  unsigned int status = 200;
  /// The value of Content-Type.
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

/// Answers a request. Null: the request cannot be answered now, and the client receives 503.
struct answer {
  request_id request = 0;
  /// A pointer, because a value would make all outputs larger.
  std::shared_ptr<const response> with;
};

using socket_output = std::variant<accept, refuse, send, send_to_role, send_to_all, publish,
                                   subscribe, unsubscribe, set_role, close, close_all, answer>;

/// Wraps an output for the runtime.
inline durable::object_output output(socket_output what) {
  return {std::move(what)};
}

inline proto::frame text(std::string_view payload) {
  return proto::frame(payload);
}
/// A text frame with the value of a named state. For a slow client only the newest frame of a state
/// is kept.
inline proto::frame text_of_state(std::string_view payload, std::string_view state) {
  return proto::frame(payload, state);
}
inline proto::frame binary(std::string_view payload) {
  return proto::frame::binary(payload);
}

inline answer answer_with(request_id request, response with) {
  return {request, std::make_shared<const response>(std::move(with))};
}

}  // namespace innkeeper::sockets
