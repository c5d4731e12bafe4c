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
    return homes[std::hash<std::string_view>()(room_name) % homes.size()];
  }
};

}  // namespace innkeeper::transport
