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

/// What an object and the gateway in front of it tell each other: values, carried by the runtime.
/// They know nothing of how a socket works. Any thread.
namespace innkeeper::sockets {

/// Unique within the process and never given twice.
using connection_id = std::uint64_t;
/// Names a request that waits for its answer; unique within one gateway.
using request_id = std::uint64_t;

/// Names and values, in order.
using pairs = std::vector<std::pair<std::string, std::string>>;

/// What never changes about a connection.
struct connection_facts {
  /// Connections of one session are one user's, and have their subscriptions in common.
  std::string session;
  /// A JSON object with the keys of Cloudflare's `request.cf`.
  std::string details_json;
  /// The client's IPv4 address, or the /64 of its IPv6 address; 0: not known.
  std::uint64_t network = 0;
};
using facts_ptr = std::shared_ptr<const connection_facts>;

/// How a connection was asked for.
struct handshake {
  /// The parameters behind the question mark, decoded.
  pairs query;
  /// The request's header fields, names in lower case.
  pairs headers;
};
using handshake_ptr = std::shared_ptr<const handshake>;

// ---- to an object

/// Somebody wants to connect. Answered by `accept` or `refuse`; until then nothing is sent to it.
struct connection_opened {
  connection_id connection = 0;
  facts_ptr facts;
  /// Null where the kind does not ask for it.
  handshake_ptr asked;
};

/// One whole message. Text is valid UTF-8.
struct message_received {
  connection_id connection = 0;
  facts_ptr facts;
  /// As far as the gateway knows: a change may still be on its way through the gate.
  proto::role role = proto::role::user;
  std::string payload;
  bool binary = false;
};

/// A connection that has been opened, accepted or not, is gone.
struct connection_closed {
  connection_id connection = 0;
  facts_ptr facts;
  /// No other connection of this session is open.
  bool last_of_session = false;
};

/// A connection has been open for so long that what expires of its session should be renewed. Only
/// for kinds with pings.
struct keepalive {
  facts_ptr facts;
};

struct member_activity {
  std::string session;
  /// Milliseconds since 1970-01-01 UTC.
  std::int64_t last_communication_ms = 0;
};

/// Who is accepted at the moment when a request arrives.
struct member_list {
  std::size_t connections = 0;
  std::size_t sessions = 0;
  /// One for each connection; only if the kind wants them for this request.
  std::vector<member_activity> activity;
};

/// An HTTP request. Answered by `answer`.
struct request {
  request_id id = 0;
  /// "GET", "POST", ...
  std::string method;
  /// What stands behind the object's name: "/top", or empty.
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

// ---- from an object; what is for a connection that is gone is dropped

struct accept {
  connection_id connection = 0;
  /// What the session is subscribed to. Counts if this is the session's first connection.
  subscriptions topics{};
  /// What it is sent first.
  std::vector<proto::frame> first_frames{};
};

/// The upgrade is answered with this HTTP status instead.
struct refuse {
  connection_id connection = 0;
  unsigned int status = 403;
  std::string sentence;
};

struct send {
  connection_id connection = 0;
  proto::frame frame;
};

/// To those of these connections that have the role when this leaves: a role that was given may
/// have been undone because the disk was full.
struct send_to_role {
  std::vector<connection_id> connections;
  proto::role role = proto::role::admin;
  proto::frame frame;
};

/// To every accepted connection of the object.
struct send_to_all {
  proto::frame frame;
};

/// To the subscribers of the topic at the moment when this leaves, each once.
struct publish {
  sockets::topic topic;
  proto::frame frame;
};

/// All connections of the session.
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

/// A code of proto/close_codes.hpp, or one of 3000 to 4999; up to 123 bytes of reason.
struct close {
  connection_id connection = 0;
  std::uint16_t code = proto::close_code::normal;
  std::string reason{};
};

/// All its connections are to come back, and its requests go unanswered.
struct close_all {
  std::uint16_t code = proto::close_code::internal_error;
  std::string reason;
  /// Told to those that have not been accepted yet, with 503. Empty: the reason.
  std::string refusal{};
};

struct response {
  unsigned int status = 200;
  /// The value of Content-Type.
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

/// Without a response: the request cannot be answered now, which is told as 503.
struct answer {
  request_id request = 0;
  /// Held apart, for it would make all outputs larger.
  std::shared_ptr<const response> with;
};

using socket_output = std::variant<accept, refuse, send, send_to_role, send_to_all, publish,
                                   subscribe, unsubscribe, set_role, close, close_all, answer>;

/// The form in which the runtime carries it.
inline durable::object_output output(socket_output what) {
  return {std::move(what)};
}

inline proto::frame text(std::string_view payload) {
  return proto::frame(payload);
}
/// The same of a state that has this name: of a slow client's frames about one state only the
/// newest is kept.
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
