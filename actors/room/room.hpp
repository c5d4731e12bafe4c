#pragma once

#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/room/admin_auth.hpp"
#include "actors/room/client_rates.hpp"
#include "actors/room/counters.hpp"
#include "actors/room/polls.hpp"
#include "actors/room/relays.hpp"
#include "actors/room/room_message.hpp"
#include "actors/room/room_size.hpp"
#include "actors/room/sessions.hpp"
#include "actors/room/snapshot_cache.hpp"
#include "health/monitor.hpp"

/// The rooms protocol as a kind of durable object. It receives room_messages and sends
/// sockets::socket_outputs. On the room's loop.
namespace innkeeper::room {

/// Requests of clients to a room that are never stored.
struct unstored_wishes
    : boost::intrusive_ref_counter<unstored_wishes, boost::thread_unsafe_counter> {
  ephemeral_polls ephemeral;
  relays relayed;

  bool empty() const { return ephemeral.empty() && relayed.empty(); }
};

/// The part of a room's state that is only in memory, kept while it hibernates with open sockets.
/// Small, because there may be very many.
struct room_attachments {
  /// Null while the room hibernates and there are none, as in most rooms. Attachments have to be
  /// copyable, so it is reference-counted. It stays on the room's loop, so the count needs no
  /// atomics.
  boost::intrusive_ptr<unstored_wishes> wishes;
  /// Open connections, with a hash of their session. Ids grow, so most insertions are at the end. A
  /// single one needs no allocation.
  boost::container::small_flat_map<connection_id, std::size_t, 1> connections;
  /// The room's increment when it was loaded.
  std::int64_t increment_at_boot = 0;
  /// When the room was loaded, in milliseconds since 1970-01-01 UTC.
  std::int64_t booted_ms = 0;
  /// The same by the server's own clock.
  std::int64_t booted_at_ms = 0;
};

static_assert(sizeof(room_attachments) <= 80);  // one of the allocator's sizes

/// Settings and services that all rooms share.
struct room_rules {
  static constexpr std::int64_t default_session_ttl_ms = std::int64_t{30} * 24 * 3600 * 1000;

  admin_auth admins;
  /// Sessions not seen for this long, while a server ran, are removed. Their votes stay counted.
  std::int64_t session_ttl_ms = default_session_ttl_ms;
  proto::limits bounds;
  std::shared_ptr<client_rates> rates;
  std::shared_ptr<health::monitor> health = std::make_shared<health::monitor>();
};

class room final : public durable::durable_object {
 public:
  room(std::string name, std::shared_ptr<const room_rules> rules);

  void hydrate(const durable::turn& now, durable::attachments&& left_behind) override;
  durable::effects handle(durable::object_message& message, const durable::turn& now) override;
  durable::effects on_alarm(const durable::turn& now) override;
  durable::effects on_hand_edits(const storage::hand_edits& edits,
                                 const durable::turn& now) override;
  durable::attachments sleep() override;

 private:
  /// The current turn: its inputs and its effects.
  struct turn_context;
  /// The sender of a message.
  struct speaker {
    connection_id connection;
    const connection_facts& facts;
    proto::role role;
  };

  void on(const connection_opened& who, turn_context& r);
  void on(const connection_closed& who, turn_context& r);
  void on(const keepalive& who, turn_context& r);
  void on(client_message_received& what, turn_context& r);
  void on(const malformed_message& what, turn_context& r);
  void on(const request& what, turn_context& r);
  std::string details_of(const request& what, const turn_context& r) const;
  std::string users_of(const request& what, turn_context& r);

  void apply(const refused_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const chat_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const subscribe_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const unsubscribe_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const profile_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const login_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const vote_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const count_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const authenticate_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const config_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const broadcast_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const relay_message& m, const client_message& whole, const speaker& by,
             turn_context& r) const;
  void apply(const delete_relay_message& m, const client_message& whole, const speaker& by,
             turn_context& r) const;
  void apply(const close_message& m, const client_message& whole, const speaker& by,
             turn_context& r);
  void apply(const other_message& m, const client_message& whole, const speaker& by,
             turn_context& r);

  /// Adds a new session; null if the room refuses it.
  session* newcomer(const connection_opened& who, turn_context& r);
  bool make_place_for_session(turn_context& r);
  /// Returns those sessions that have a socket.
  session_hashes connected_among(const session_hashes& asked) const;
  /// Whether the room may store `more_bytes`; sends an error if not.
  bool fits(std::int64_t more_bytes, const speaker& by, turn_context& r) const;
  /// The same for a session's own data. It may fill half of a room, so that it cannot block the
  /// votes of others.
  bool session_fits(std::int64_t more_bytes, const speaker& by, turn_context& r) const;
  void keep(const speaker& by, turn_context& r);
  /// Reads all rows that this message needs, before its turn changes anything.
  void read_rows_for(const client_message& whole, const speaker& by, turn_context& r);
  void vote_durably(const vote_message& m, const speaker& by, turn_context& r);
  void vote_ephemerally(const vote_message& m, const speaker& by, turn_context& r);
  void send_current_values(const sockets::topic& what, connection_id to, turn_context& r);
  std::size_t further_bytes(const client_message& whole, const speaker& by, turn_context& r);
  /// Whether a message may cause its extra writes and sends now; sends an error if not.
  bool may_cause_more(const client_message& whole, const speaker& by, turn_context& r);
  void relay_to_admins(const client_message& whole, const speaker& by, turn_context& r);
  void tell_of(const storage::hand_edit& edit, turn_context& r);
  void close_session(const std::string& id, turn_context& r);
  void write_state(const durable::turn& now, storage::write_batch& into) const;

  session& session_of(const speaker& by, turn_context& r);
  proto::role role_of(const client_message_received& what) const;
  std::string profile_of(const speaker& by, turn_context& r);

  std::string name_;
  std::shared_ptr<const room_rules> rules_;

  std::string config_;
  std::int64_t increment_ = 0;
  room_size size_;
  poll_tallies polls_;
  counters counters_;
  snapshot_cache told_;

  room_attachments in_memory_;
  session_book sessions_;
  /// Where the removal of expired sessions continues, and the next expiry among the sessions
  /// passed.
  std::optional<std::string> forget_after_;
  std::int64_t next_forget_ms_ = std::numeric_limits<std::int64_t>::max();
  /// Connections that became admins since the room woke. The gateway receives that change only
  /// through the output gate. For all other connections the gateway's role is right.
  std::unordered_set<connection_id> new_admins_;
};

}  // namespace innkeeper::room
