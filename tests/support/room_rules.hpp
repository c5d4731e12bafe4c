// Rooms with the rules that a server has by default.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "actors/room/room_kind.hpp"

namespace innkeeper::testing {

inline room::room_kind rooms_with(
    room::admin_auth admins, std::int64_t session_ttl_ms = room::room_rules::default_session_ttl_ms,
    const proto::limits& bounds = proto::limits(),
    std::shared_ptr<health::monitor> health = std::make_shared<health::monitor>()) {
  return {std::move(admins), session_ttl_ms, bounds, std::move(health)};
}

}  // namespace innkeeper::testing
