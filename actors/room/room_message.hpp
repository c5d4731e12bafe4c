#pragma once

#include <utility>
#include <variant>

#include "actors/room/client_message.hpp"
#include "actors/sockets/socket_message.hpp"
#include "proto/protocol_error.hpp"

/// Messages to a room: those of every object with clients, with client messages parsed. Values: any
/// thread.
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
  /// The role as the gateway knows it: a `set_role` may still wait at the output gate.
  proto::role role = proto::role::user;
  client_message message;
};

/// A client message that is not valid in the protocol. It goes through the room, so that its answer
/// keeps its order behind earlier ones.
struct malformed_message {
  connection_id connection = 0;
  proto::protocol_error error;
};

using room_message = std::variant<connection_opened, connection_closed, keepalive,
                                  client_message_received, malformed_message, request>;

// ---- paths of a `request` to a room

/// Answered by the room's details.
inline constexpr const char* details_path = "/details";
/// Answered by its users.
inline constexpr const char* users_path = "/users";
/// Whether the room has the session that the parameter `session` names. Answered "true" or "false".
inline constexpr const char* session_path = "/session";

}  // namespace innkeeper::room
