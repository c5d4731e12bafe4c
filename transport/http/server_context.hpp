#pragma once

#include <algorithm>
#include <caf/actor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/room/room_message.hpp"
#include "health/monitor.hpp"
#include "proto/limits.hpp"
#include "proto/replaceable.hpp"
#include "proto/session_signer.hpp"
#include "transport/gateway/metrics.hpp"
#include "transport/http/geo_reader.hpp"
#include "transport/limits/admission_control.hpp"
#include "transport/loop/loop.hpp"
#include "transport/socket/address.hpp"
#include "transport/socket/tls.hpp"

/// What every HTTP session needs to know, made once by the composition root. Only what is
/// replaceable changes, by SIGHUP: any thread.
namespace innkeeper::transport {

/// The loop, of so many, that a room lives on.
inline std::size_t home_index(std::string_view room_name, std::size_t loops) {
  return std::hash<std::string_view>()(room_name) % loops;
}

/// A kind of object that clients may open sockets to, other than rooms.
struct public_kind {
  /// Outlives all sessions.
  const durable::object_kind* kind = nullptr;
  /// Bytes of one message; more closes the connection with 1009.
  std::size_t message_bytes_max = 0;
};

/// Which session ids that clients bring are taken for theirs.
enum class session_rule {
  any,
  /// Those that this room has given out.
  known,
  /// Those that this server has signed.
  signed_here,
};

struct server_context {
  struct home {
    loop* runs_on = nullptr;
    caf::actor gateway;
    caf::actor object_gateway;
  };

  /// One for each loop. A room's, or another object's, home is chosen by its name.
  std::vector<home> homes;
  std::vector<public_kind> kinds;
  const metrics* watched = nullptr;
  /// Told of every trouble. Outlives all sessions.
  std::shared_ptr<health::monitor> health = std::make_shared<health::monitor>();
  /// Outlive all sessions.
  std::shared_ptr<const proto::limits> bounds = std::make_shared<const proto::limits>();
  std::shared_ptr<admission_control> admission;
  proto::replaceable<address_set> trusted_proxies;
  /// As read_origin() gives them. Empty: pages of any site may connect, but without cookies.
  proto::replaceable<std::vector<std::string>> allowed_origins;
  /// How long a session is kept that nobody uses: as long as its cookie lives.
  std::chrono::milliseconds session_ttl{std::chrono::hours(30 * 24)};
  session_rule sessions = session_rule::any;
  /// There if sessions are signed.
  std::optional<proto::session_signer> signer;
  /// Null: addresses are not looked up.
  std::shared_ptr<const geo_reader> places;
  /// Null: no TLS in this process.
  std::shared_ptr<tls_files> tls;
  /// Messages are packed for clients that offer permessage-deflate.
  bool deflate = false;
  std::function<room::connection_id()> next_connection;

  const home& home_of(std::string_view room_name) const {
    return homes[home_index(room_name, homes.size())];
  }

  /// Null if no such kind takes sockets.
  const public_kind* find_kind(std::string_view name) const {
    const auto found =
        std::ranges::find(kinds, name, [](const auto& each) { return each.kind->name(); });
    return found == kinds.end() ? nullptr : &*found;
  }
};

}  // namespace innkeeper::transport
