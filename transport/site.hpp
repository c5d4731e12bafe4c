#pragma once

#include <caf/actor.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/room/room_message.hpp"
#include "transport/loop.hpp"
#include "transport/metrics.hpp"

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
  };

  /// One for each loop. A room's home is chosen by its name.
  std::vector<home> homes;
  const metrics* watched = nullptr;
  std::function<room::connection_id()> next_connection;

  const home& home_of(std::string_view room_name) const {
    return homes[home_index(room_name, homes.size())];
  }
};

}  // namespace innkeeper::transport
