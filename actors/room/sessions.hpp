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

/// The sessions of a room that have an open socket, read from their rows when first needed. On the
/// room's loop.
namespace innkeeper::room {

/// Stands for a session's id where each of very many sockets holds one.
std::size_t session_hash(const std::string& id);
using session_hashes = boost::container::flat_set<std::size_t>;
/// Of the sessions whose ids are that part of the rows' keys.
session_hashes hashes_of(const std::vector<storage::keyed_row>& rows, std::size_t part_of_key);

struct session {
  std::int64_t suffix = 0;
  std::string properties = "{}";
  std::string public_properties = "{}";
  /// Nothing until the session first subscribes to something. Changed by subscribe_to alone.
  std::optional<sockets::subscriptions> subscribed;
  /// `subscribed` as JSON: there may be much of it, and it is asked for more often than it changes.
  std::string channels_json;
  /// The last connect, by the time of day.
  std::int64_t last_seen_ms = 0;
  /// The same by the server's own clock.
  std::int64_t seen_at_ms = 0;
  /// It has voted or logged in: not forgotten to make place for others.
  bool kept = false;
  /// Names and values in its row, as last written or read; 0 if it has none.
  std::int64_t stored_bytes = 0;

  void subscribe_to(sockets::subscriptions channels);
  /// All properties, with `subscriptions` where there are any.
  std::string shown_properties() const;
};

class session_book {
 public:
  /// Null if there never was such a session.
  session* find(const std::string& id, const durable::object_view& stored);
  /// Takes the place of whatever was known of this id.
  session& put(const std::string& id, session known);
  /// Its last connection is gone; the row stays.
  void forget(const std::string& id) { open_.erase(id); }

  /// The session unseen for longest that has no socket and has left nothing; nothing if there is
  /// none among the 1,000 unseen for longest.
  std::optional<std::string> oldest_to_forget(
      const durable::object_view& stored,
      const std::function<session_hashes(const session_hashes&)>& connected_among);

  /// Notes that it has been seen now. A large row is written for that at most once a minute, or
  /// coming and going would cost so much.
  static void saw(const std::string& id, session& known, const durable::turn& now,
                  storage::write_batch& into, room_size& size);
  /// When a session was seen last, by the server's own clock, as its row's columns say.
  static std::int64_t seen_at_of(const storage::row& columns);

  /// What a session takes up as it is now.
  static std::int64_t bytes_of(const std::string& id, const session& known);
  /// Keeps `size` right.
  static void write(const std::string& id, session& known, storage::write_batch& into,
                    room_size& size);

 private:
  std::map<std::string, session> open_;
};

}  // namespace innkeeper::room
