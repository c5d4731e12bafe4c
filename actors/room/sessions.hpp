#pragma once

#include <boost/container/flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/room/room_size.hpp"
#include "actors/sockets/subscriptions.hpp"

/// A room's sessions with an open socket, read from their rows on first use. On the room's loop.
namespace innkeeper::room {

/// Replaces a session's id for each of very many sockets, to save memory.
std::size_t session_hash(const std::string& id);
using session_hashes = boost::container::flat_set<std::size_t>;
/// Hashes of the session ids at this position of the rows' keys.
session_hashes hashes_of(const std::vector<storage::keyed_row>& rows, std::size_t part_of_key);

struct session {
  std::int64_t suffix = 0;
  std::string properties = "{}";
  std::string public_properties = "{}";
  /// Nothing until the first subscription. Changed only by subscribe_to.
  std::optional<sockets::subscriptions> subscribed;
  /// `subscribed` as JSON, cached: it may be large, and is read more often than it changes.
  std::string channels_json;
  /// The time of the last connect or keep-alive, in milliseconds since 1970-01-01 UTC.
  std::int64_t last_seen_ms = 0;
  /// The same by the server's own clock.
  std::int64_t seen_at_ms = 0;
  /// It has voted or logged in, so it is not removed to make room for others.
  bool kept = false;
  /// Bytes of names and values in its row, as last written or read; 0 if it has no row.
  std::int64_t stored_bytes = 0;

  void subscribe_to(sockets::subscriptions channels);
  /// All properties, with `subscriptions` if there are any.
  std::string shown_properties() const;
};

class session_book {
 public:
  /// Null if there is no such session.
  session* find(const std::string& id, const durable::object_view& stored);
  /// Replaces any earlier state of this id.
  session& put(const std::string& id, session known);
  /// Drops the session from memory; the row stays. For its last connection's end.
  void forget(const std::string& id) { open_.erase(id); }

  /// The longest unseen session that has no socket and is not `kept`. Nothing if there is none
  /// among the 1,000 longest unseen.
  std::optional<std::string> oldest_to_forget(
      const durable::object_view& stored,
      const std::function<session_hashes(const session_hashes&)>& connected_among);

  /// Records that the session was seen now. A large row is written for this at most once a minute,
  /// because frequent reconnects would be expensive.
  static void saw(const std::string& id, session& known, const durable::turn& now,
                  storage::write_batch& into, room_size& size);
  /// When a session was last seen, by the server's own clock, from its row's columns.
  static std::int64_t seen_at_of(const storage::row& columns);

  /// Bytes that a session occupies in its current state.
  static std::int64_t bytes_of(const std::string& id, const session& known);
  /// Writes the session's row and updates `size`.
  static void write(const std::string& id, session& known, storage::write_batch& into,
                    room_size& size);

 private:
  std::map<std::string, session> open_;
};

}  // namespace innkeeper::room
