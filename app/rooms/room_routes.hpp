#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "actors/room/room_kind.hpp"
#include "proto/session_signer.hpp"
#include "transport/http/server_context.hpp"

/// The HTTP side of rooms: `/websocket`, `/details`, `/users` and the demo pages, as the original
/// server has them.
namespace innkeeper::app {

/// Which session ids that clients bring are taken for theirs.
enum class session_rule {
  any,
  /// Those that the room has given out.
  known,
  /// Those that this server has signed.
  signed_here,
};

/// How clients come into rooms. Never changes: any thread.
struct room_access {
  /// Outlives all sessions.
  const room::room_kind* kind = nullptr;
  session_rule sessions = session_rule::any;
  /// There if sessions are signed.
  std::optional<proto::session_signer> signer;
  /// How long a session is kept that nobody uses: as long as its cookie lives.
  std::chrono::milliseconds session_ttl{std::chrono::hours(30 * 24)};
};

/// Before the server listens.
void add_room_routes(transport::server_context& to, std::shared_ptr<const room_access> access);

}  // namespace innkeeper::app
