#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/durable/home_handle.hpp"
#include "actors/sockets/socket_object.hpp"
#include "health/monitor.hpp"
#include "proto/limits.hpp"
#include "proto/replaceable.hpp"
#include "transport/gateway/metrics.hpp"
#include "transport/http/geo_reader.hpp"
#include "transport/http/handlers.hpp"
#include "transport/limits/admission_control.hpp"
#include "transport/loop/loop.hpp"
#include "transport/socket/address.hpp"
#include "transport/socket/tls.hpp"

/// What every HTTP session needs to know, made once by the composition root. Only what is
/// replaceable changes, by SIGHUP: any thread.
namespace innkeeper::transport {

/// The loop, of so many, that an object lives on.
inline std::size_t home_index(std::string_view object_name, std::size_t loops) {
  return std::hash<std::string_view>()(object_name) % loops;
}

class gateway;

struct server_context {
  struct home {
    loop* runs_on = nullptr;
    durable::home_handle<transport::gateway> gateway;
  };

  /// One for each loop. An object's home is chosen by its name.
  std::vector<home> homes;
  /// Those that clients reach by `/objects/KIND/NAME`. They outlive all sessions.
  std::vector<const sockets::socket_kind*> kinds;
  /// Paths that kinds have of their own.
  std::vector<route> routes;
  std::vector<upgrade_route> upgrade_routes;
  const metrics* watched = nullptr;
  /// Told of every trouble. Outlives all sessions.
  std::shared_ptr<health::monitor> health = std::make_shared<health::monitor>();
  /// Outlive all sessions.
  std::shared_ptr<const proto::limits> bounds = std::make_shared<const proto::limits>();
  std::shared_ptr<admission_control> admission;
  proto::replaceable<address_set> trusted_proxies;
  /// As read_origin() gives them. Empty: pages of any site may connect, but without cookies.
  proto::replaceable<std::vector<std::string>> allowed_origins;
  /// Null: addresses are not looked up.
  std::shared_ptr<const geo_reader> places;
  /// Null: no TLS in this process.
  std::shared_ptr<tls_files> tls;
  /// Messages are packed for clients that offer permessage-deflate.
  bool deflate = false;
  std::function<sockets::connection_id()> next_connection;

  const home& home_of(std::string_view object_name) const {
    return homes[home_index(object_name, homes.size())];
  }

  /// Null if there is no such kind.
  const sockets::socket_kind* find_kind(std::string_view name) const {
    const auto found =
        std::ranges::find(kinds, name, [](const auto* each) { return each->name(); });
    return found == kinds.end() ? nullptr : *found;
  }
};

}  // namespace innkeeper::transport
