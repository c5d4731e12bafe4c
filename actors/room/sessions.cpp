#include "actors/room/sessions.hpp"

#include <array>
#include <utility>

#include "actors/room/client_message.hpp"
#include "actors/room/room_tables.hpp"
#include "actors/room/server_message.hpp"

namespace innkeeper::room {
namespace {

session from_row(const std::string& id, const storage::row& columns) {
  session known;
  known.suffix = storage::as_integer(columns[0]);
  known.properties = storage::as_text(columns[1]);
  known.public_properties = public_properties_of(known.properties);
  if (const auto* text = std::get_if<std::string>(&columns[2])) {
    known.subscribe_to(sockets::subscriptions::from_json(*text));
  }
  known.last_seen_ms = storage::as_integer(columns[3]);
  known.kept = storage::as_integer(columns[4]) != 0;
  known.seen_at_ms = session_book::seen_at_of(columns);
  known.stored_bytes = session_book::bytes_of(id, known);
  return known;
}

}  // namespace

std::size_t session_hash(const std::string& id) {
  return std::hash<std::string>()(id);
}

session_hashes hashes_of(const std::vector<storage::keyed_row>& rows, std::size_t part_of_key) {
  session_hashes hashes;
  for (const auto& row : rows) hashes.insert(session_hash(storage::as_text(row.key[part_of_key])));
  return hashes;
}

void session::subscribe_to(sockets::subscriptions channels) {
  channels_json = channels.to_json();
  subscribed = std::move(channels);
}

std::string session::shown_properties() const {
  return properties_with_subscriptions(properties,
                                       subscribed ? std::optional(channels_json) : std::nullopt);
}

session* session_book::find(const std::string& id, const durable::object_view& stored) {
  const auto known = open_.find(id);
  if (known != open_.end()) return &known->second;
  const auto columns = stored.get(tables::sessions, {id});
  return columns ? &put(id, from_row(id, *columns)) : nullptr;
}

session& session_book::put(const std::string& id, session known) {
  return open_.insert_or_assign(id, std::move(known)).first->second;
}

std::optional<std::string> session_book::oldest_to_forget(
    const durable::object_view& stored,
    const std::function<session_hashes(const session_hashes&)>& connected_among) {
  constexpr std::array<std::size_t, 2> looks{16, 1000};  // the first page nearly always suffices
  for (const auto limit : looks) {
    const auto page = stored.list(tables::forgettable, {{}, {}, std::nullopt, limit});
    const auto connected = connected_among(hashes_of(page, 1));
    for (const auto& [key, _] : page) {
      const auto& id = storage::as_text(key[1]);
      if (connected.contains(session_hash(id))) continue;
      const auto* known = find(id, stored);
      // The list shows committed rows: later turns may have removed or used the session.
      if (known == nullptr) continue;
      if (!known->kept && known->last_seen_ms == storage::as_integer(key[0])) return id;
      forget(id);
    }
  }
  return std::nullopt;
}

std::int64_t session_book::bytes_of(const std::string& id, const session& known) {
  return signed_size(id.size() + known.properties.size() + known.channels_json.size());
}

/// Older versions did not write it; there the server's clock started from the time of day.
std::int64_t session_book::seen_at_of(const storage::row& columns) {
  const auto seen_at = storage::as_integer(columns[5]);
  return seen_at != 0 ? seen_at : storage::as_integer(columns[3]);
}

void session_book::saw(const std::string& id, session& known, const durable::turn& now,
                       storage::write_batch& into, room_size& size) {
  constexpr std::int64_t large_bytes = 4096;
  constexpr std::int64_t minute_ms = 60'000;
  const bool is_recent = now.server_ms - known.seen_at_ms < minute_ms;
  if (known.stored_bytes > large_bytes && is_recent) return;
  known.last_seen_ms = now.now_ms;
  known.seen_at_ms = now.server_ms;
  write(id, known, into, size);
}

void session_book::write(const std::string& id, session& known, storage::write_batch& into,
                         room_size& size) {
  storage::value channels;
  if (known.subscribed) channels = known.channels_json;
  const auto bytes = bytes_of(id, known);
  size.add(bytes - known.stored_bytes, known.stored_bytes == 0 ? 1 : 0);
  known.stored_bytes = bytes;
  into.put(tables::sessions, {id},
           {known.suffix, known.properties, std::move(channels), known.last_seen_ms,
            std::int64_t{known.kept ? 1 : 0}, known.seen_at_ms});
}

}  // namespace innkeeper::room
