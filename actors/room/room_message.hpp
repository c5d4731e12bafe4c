#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/channel.hpp"
#include "proto/client_message.hpp"
#include "proto/frame.hpp"
#include "proto/protocol_error.hpp"
#include "proto/server_message.hpp"
#include "proto/subscriptions.hpp"

/// What the gateway and a room tell each other: values, carried by the runtime. Any thread.
namespace innkeeper::room {

/// Unique within the process and never given twice.
using connection_id = std::uint64_t;
/// Names an HTTP request that waits for its answer; unique within one gateway.
using request_id = std::uint64_t;

/// What never changes about a connection.
struct connection_facts {
  std::string session;
  /// A JSON object with the keys of Cloudflare's `request.cf`.
  std::string details_json;
  /// The client's IPv4 address, or the /64 of its IPv6 address; 0: not known.
  std::uint64_t network = 0;
};
using facts_ptr = std::shared_ptr<const connection_facts>;

// ---- gateway to room

/// Somebody wants to come in. Answered by `admitted` or `refused`.
struct join {
  connection_id connection = 0;
  facts_ptr facts;
};

/// A connection that has joined, admitted or not, is gone.
struct leave {
  connection_id connection = 0;
  facts_ptr facts;
  /// No other connection of this session is in the room.
  bool last_of_session = false;
};

/// A connection that has been open for so long that its session's last time seen should be renewed.
struct still_here {
  facts_ptr facts;
};

struct said {
  connection_id connection = 0;
  facts_ptr facts;
  /// As far as the gateway knows: a change may still be on its way through the gate.
  proto::role role = proto::role::user;
  proto::client_message message;
};

/// Something came that is no message of the protocol. It goes through the room so that its answer
/// comes behind whatever this connection is still owed.
struct said_nonsense {
  connection_id connection = 0;
  proto::protocol_error error;
};

struct details_asked {
  request_id request = 0;
};

struct connection_activity {
  std::string session;
  std::int64_t last_communication_ms = 0;
};

struct users_asked {
  request_id request = 0;
  std::vector<connection_activity> connections;
};

/// Whether there is such a session. Answered by a users_answer that says "true" or "false".
struct session_asked {
  request_id request = 0;
  std::string session;
};

using room_message = std::variant<join, leave, still_here, said, said_nonsense, details_asked,
                                  users_asked, session_asked>;

// ---- room to gateway

struct admitted {
  connection_id connection = 0;
  proto::subscriptions subscriptions;
  std::vector<proto::frame> first_frames;
};

/// The upgrade is to be answered with this HTTP status instead.
struct refused {
  connection_id connection = 0;
  unsigned int status = 503;
  std::string sentence;
};

struct send_to {
  connection_id connection = 0;
  proto::frame frame;
};

/// To those of these connections that are admins' at this moment: a login as admin may have been
/// undone because the disk was full.
struct send_to_admins {
  std::vector<connection_id> connections;
  proto::frame frame;
};

struct send_to_all {
  proto::frame frame;
};

/// To the subscribers of the channel at the moment when this leaves.
struct publish {
  proto::channel to;
  proto::frame frame;
};

/// All sockets of the session.
struct subscribed {
  std::string session;
  proto::channel what;
};

struct unsubscribed {
  std::string session;
  proto::channel what;
};

struct role_changed {
  connection_id connection = 0;
  proto::role role = proto::role::user;
};

struct close_connection {
  connection_id connection = 0;
  /// RFC 6455 section 7.4.1.
  std::uint16_t code = 1000;
  /// A literal.
  std::string_view reason{};
};

/// The room has lost its footing: all its sockets are to come back.
struct close_all {};

/// The gateway adds what it alone knows: who is connected.
struct details_answer {
  request_id request = 0;
  /// Held apart, for it would make all outputs twice as large.
  std::shared_ptr<const proto::room_details> details;
};

struct users_answer {
  request_id request = 0;
  std::string json;
};

/// The question cannot be answered now.
struct no_answer {
  request_id request = 0;
};

using room_output = std::variant<admitted, refused, send_to, send_to_admins, send_to_all, publish,
                                 subscribed, unsubscribed, role_changed, close_connection,
                                 close_all, details_answer, users_answer, no_answer>;

}  // namespace innkeeper::room
