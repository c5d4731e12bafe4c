#pragma once

#include <utility>
#include <variant>

#include "actors/room/client_message.hpp"
#include "actors/sockets/socket_message.hpp"
#include "proto/protocol_error.hpp"

/// What a room is told: what every object with clients is, with messages that have been read.
/// Values: any thread.
namespace innkeeper::room {

using sockets::connection_closed;
using sockets::connection_facts;
using sockets::connection_id;
using sockets::connection_opened;
using sockets::facts_ptr;
using sockets::keepalive;
using sockets::request;

struct client_message_received {
  connection_id connection = 0;
  facts_ptr facts;
  /// As far as the gateway knows: a change may still be on its way through the gate.
  proto::role role = proto::role::user;
  client_message message;
};

/// Something came that is no message of the protocol. It goes through the room so that its answer
/// comes behind whatever this connection is still owed.
struct malformed_message {
  connection_id connection = 0;
  proto::protocol_error error;
};

using room_message = std::variant<connection_opened, connection_closed, keepalive,
                                  client_message_received, malformed_message, request>;

// ---- what HTTP asks of a room, by the path of a `request`

/// Answered by the room's details.
inline constexpr const char* details_path = "/details";
/// Answered by its users.
inline constexpr const char* users_path = "/users";
/// Whether it knows the session that the parameter `session` names. Answered "true" or "false".
inline constexpr const char* session_path = "/session";

}  // namespace innkeeper::room
