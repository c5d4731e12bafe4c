#pragma once

#include <algorithm>
#include <caf/actor.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/room/room_message.hpp"
#include "transport/connection_limits.hpp"
#include "transport/loop.hpp"
#include "transport/metrics.hpp"

/// A kind of object that clients may open sockets to, other than rooms.
struct public_kind {
  std::string name;
  /// Bytes of one message; more closes the connection with 1009.
  std::size_t message_bytes_max = 0;
};

/// What every HTTP session needs to know, made once by the composition root and never changed: any
/// thread.
namespace innkeeper::transport {

/// The loop, of so many, that a room lives on.
inline std::size_t home_index(std::string_view room_name, std::size_t loops) {
  return std::hash<std::string_view>()(room_name) % loops;
}

struct site {
  struct home {
    loop* runs_on = nullptr;
    caf::actor gateway;
    caf::actor object_gateway;
  };

  /// One for each loop. A room's, or another object's, home is chosen by its name.
  std::vector<home> homes;
  std::vector<public_kind> kinds;
  const metrics* watched = nullptr;
  /// Outlives all sessions.
  const connection_limits* limits = nullptr;
  std::function<room::connection_id()> next_connection;

  const home& home_of(std::string_view room_name) const {
    return homes[home_index(room_name, homes.size())];
  }

  /// Null if no such kind takes sockets.
  const public_kind* find_kind(std::string_view name) const {
    const auto found = std::ranges::find(kinds, name, &public_kind::name);
    return found == kinds.end() ? nullptr : &*found;
  }
};

}  // namespace innkeeper::transport
