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

/// The rooms protocol as one kind of durable object. Everything it is told is a room_message,
/// everything it says a sockets::socket_output. On the room's loop.
namespace innkeeper::room {

/// What somebody has asked of a room that is never stored.
struct unstored_wishes
    : boost::intrusive_ref_counter<unstored_wishes, boost::thread_unsafe_counter> {
  ephemeral_polls ephemeral;
  relays relayed;

  bool empty() const { return ephemeral.empty() && relayed.empty(); }
};

/// What of a room only memory has, kept while it sleeps with sockets open. There may be very many
/// of those, so that it is small.
struct room_attachments {
  /// Null while the room sleeps and there are none, as in most rooms. Counted, for whatever is left
  /// behind has to be copyable; without locks, for it stays on the room's loop.
  boost::intrusive_ptr<unstored_wishes> wishes;
  /// That have joined and not left, with a hash of their session. Ids grow, so that most go to the
  /// end. One alone takes no memory of its own.
  boost::container::small_flat_map<connection_id, std::size_t, 1> connections;
  /// The room's increment when it was loaded.
  std::int64_t increment_at_boot = 0;
  /// When it was loaded, by the time of day.
  std::int64_t booted_ms = 0;
  /// The same by the server's own clock.
  std::int64_t booted_at_ms = 0;
};

static_assert(sizeof(room_attachments) <= 80);  // one of the allocator's sizes

/// What all rooms have in common.
struct room_rules {
  static constexpr std::int64_t default_session_ttl_ms = std::int64_t{30} * 24 * 3600 * 1000;

  admin_auth admins;
  /// Sessions that have not been seen for so long, while a server ran, are forgotten; their votes
  /// stay counted.
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
  /// One turn under way: what it reads and what it wants to happen.
  struct turn_context;
  /// Who said something.
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

  /// A new session takes its place; nothing if it may not come in.
  session* newcomer(const connection_opened& who, turn_context& r);
  bool make_place_for_session(turn_context& r);
  /// Those of them that have a socket.
  session_hashes connected_among(const session_hashes& asked) const;
  /// Whether so much more may be stored; answers if not.
  bool fits(std::int64_t more_bytes, const speaker& by, turn_context& r) const;
  /// The same for what a session keeps of itself. That may fill half of a room, so that nobody
  /// locks the others' votes out with it.
  bool session_fits(std::int64_t more_bytes, const speaker& by, turn_context& r) const;
  void keep(const speaker& by, turn_context& r);
  /// Reads all rows that this message needs, before its turn changes anything.
  void read_rows_for(const client_message& whole, const speaker& by, turn_context& r);
  void vote_durably(const vote_message& m, const speaker& by, turn_context& r);
  void vote_ephemerally(const vote_message& m, const speaker& by, turn_context& r);
  void send_current_values(const sockets::topic& what, connection_id to, turn_context& r);
  std::size_t further_bytes(const client_message& whole, const speaker& by, turn_context& r);
  /// Whether a message may now cause what it makes the room write and send; answers if not.
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
  /// Where the search for unseen sessions goes on, and when the next of those passed is due.
  std::optional<std::string> forget_after_;
  std::int64_t next_forget_ms_ = std::numeric_limits<std::int64_t>::max();
  /// Connections that have become admins since the room woke: the gateway hears of it only once
  /// that has passed the gate. Of all others it knows best.
  std::unordered_set<connection_id> new_admins_;
};

}  // namespace innkeeper::room
