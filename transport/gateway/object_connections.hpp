#pragma once

#include <boost/container/flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "actors/durable/messages.hpp"
#include "actors/sockets/socket_message.hpp"
#include "actors/sockets/socket_object.hpp"
#include "actors/sockets/subscriptions.hpp"
#include "actors/sockets/topic.hpp"
#include "memory/connection_memory.hpp"
#include "memory/prefetch.hpp"
#include "proto/rate_meter.hpp"
#include "transport/gateway/subscription_index.hpp"
#include "transport/websocket/client_connection.hpp"

/// The connections of one object and who of them gets which frame. Plain data of the gateway: no
/// I/O, no actor. On the loop's thread.
namespace innkeeper::transport {

struct session_connections;

struct connection : memory::kept_by_connection {
  sockets::connection_id id = 0;
  std::shared_ptr<client_connection> client;
  sockets::facts_ptr facts;
  proto::role role = proto::role::user;
  /// False until the object has let it in: until then it gets nothing and counts nowhere.
  bool admitted = false;
  /// By the steady clock, as the next.
  std::int64_t last_communication_ms = 0;
  /// When the object last heard that its session is here.
  std::int64_t reported_ms = 0;
  /// Of the sockets of one session the same.
  std::shared_ptr<session_connections> session;
};

inline void prefetch_client(const connection& of) {
  memory::prefetch(static_cast<const void*>(of.client.get()), client_connection::memory_max);
}

/// Each of the row's elements, which say `who`, while what the next ones will need is on its way to
/// the cache: when all thousands of them have been told, the first are far from it. A connection
/// leads to its client's, and that to its outbox.
template <class Row, class Visit>
void visit_crowd(const Row& row, Visit visit) {
  constexpr auto step = memory::prefetch_distance;
  const auto ahead = [&](std::size_t i) { return i < row.size() ? row[i].who : nullptr; };
  for (std::size_t i = 0; i < row.size(); ++i) {
    memory::prefetch(ahead(i + 3 * step));
    if (const auto* soon = ahead(i + 2 * step)) prefetch_client(*soon);
    if (const auto* next = ahead(i + step)) next->client->prefetch_outbox();
    visit(row[i]);
  }
}

/// What the sockets of one session share.
struct session_connections {
  sockets::subscriptions channels;
  /// One at least.
  std::vector<connection*> connections;

  const std::string& id() const { return connections.front()->facts->session; }
};

class object_connections {
 public:
  explicit object_connections(durable::address_ptr address) : way_{std::move(address)} {}
  object_connections(const object_connections&) = delete;
  object_connections& operator=(const object_connections&) = delete;

  /// The address that the object itself speaks by: what it says is found by the pointer then,
  /// without a look at the name.
  void be_known_by(const durable::address_ptr& address);

  const durable::address_ptr& address() const { return way_.to; }
  const sockets::socket_kind& kind() const {
    return static_cast<const sockets::socket_kind&>(*address()->kind);
  }
  durable::cached_route& route_to_object() { return way_; }
  bool empty() const { return connections_.empty(); }
  std::size_t size() const { return connections_.size(); }
  /// Of what all connections say together.
  proto::rate_meter& rate() { return rate_; }

  connection& add(sockets::connection_id id, std::shared_ptr<client_connection> client,
                  sockets::facts_ptr facts, std::int64_t steady_now_ms);
  /// From now on it gets frames, by its session's channels.
  void admit(connection& who, const sockets::subscriptions& channels);
  /// True if it was the last of its session.
  bool remove(sockets::connection_id id);
  /// Null if there is no such connection.
  connection* find(sockets::connection_id id);
  /// Of all connections, admitted or not.
  std::vector<sockets::connection_id> ids() const;

  void subscribe(const std::string& session, const sockets::topic& what);
  void unsubscribe(const std::string& session, const sockets::topic& what);

  /// While the object has a bottleneck, nothing is read from its sockets.
  void set_congested(durable::back_pressure_source where, bool congested);
  bool congested() const { return bottlenecks_ != 0; }

  /// Each subscriber of the channel once: those of the event, and those of exactly this id.
  template <class Visit>
  void for_each_subscriber(const sockets::topic& to, Visit visit);
  template <class Visit>
  void for_each_admitted(Visit visit);

  std::size_t admitted_count() const { return admitted_count_; }
  std::size_t session_count() const;

 private:
  /// Of a crowd, in which nobody is looked for one by one.
  struct crowd_index {
    struct hash_of_session {
      using is_transparent = void;
      std::size_t operator()(std::string_view id) const {
        return std::hash<std::string_view>()(id);
      }
      std::size_t operator()(const session_connections* of) const { return (*this)(of->id()); }
    };
    struct same_session {
      using is_transparent = void;
      static std::string_view id(std::string_view of) { return of; }
      static std::string_view id(const session_connections* of) { return of->id(); }
      bool operator()(const auto& a, const auto& b) const { return id(a) == id(b); }
    };

    /// Of the admitted.
    subscription_index subscribers;
    std::unordered_set<session_connections*, hash_of_session, same_session> sessions;
  };

  void make_index();
  /// Null if no connection is of that session.
  session_connections* find_session(std::string_view id) const;
  void index_all_of(connection& who);
  void unindex_all_of(connection& who);

  durable::cached_route way_;
  // Most objects are small and asleep, so these hold no more memory than what is in them. Ids grow:
  // newcomers go to the end.
  boost::container::flat_map<sockets::connection_id, std::unique_ptr<connection>> connections_;
  /// Null until there are more than a few connections: those are looked through one by one.
  std::unique_ptr<crowd_index> index_;
  std::uint32_t admitted_count_ = 0;
  /// One bit for each.
  unsigned int bottlenecks_ = 0;
  proto::rate_meter rate_;
};

template <class Visit>
void object_connections::for_each_subscriber(const sockets::topic& to, Visit visit) {
  if (!index_) {
    for_each_admitted([&](connection& who) {
      if (who.session->channels.wants(to)) visit(who);
    });
    return;
  }
  const auto& subscribers = index_->subscribers;
  visit_crowd(subscribers.to_all(to.event), [&](const auto& each) { visit(*each.who); });
  if (!to.id) return;
  visit_crowd(subscribers.to_id(to.event, *to.id), [&](const auto& each) {
    if (!each.of->channels.has(to.event, sockets::every_id)) visit(*each.who);
  });
}

template <class Visit>
void object_connections::for_each_admitted(Visit visit) {
  for (auto& [id, who] : connections_) {
    if (who->admitted) visit(*who);
  }
}

}  // namespace innkeeper::transport
