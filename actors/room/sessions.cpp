#include "actors/room/sessions.hpp"

#include <utility>

#include "actors/room/room_tables.hpp"
#include "proto/client_message.hpp"
#include "proto/server_message.hpp"

namespace innkeeper::room {
namespace {

session from_row(const storage::row& columns) {
  session known;
  known.suffix = storage::as_integer(columns[0]);
  known.properties = storage::as_text(columns[1]);
  known.public_properties = proto::public_properties_of(known.properties);
  if (const auto* text = std::get_if<std::string>(&columns[2])) {
    known.subscribed = proto::subscriptions::from_json(*text);
  }
  known.last_seen_ms = storage::as_integer(columns[3]);
  return known;
}

}  // namespace

std::string session::shown_properties() const {
  const auto channels = subscribed ? std::optional(subscribed->to_json()) : std::nullopt;
  return proto::properties_with_subscriptions(properties, channels);
}

session* session_book::find(const std::string& id, const durable::object_view& stored) {
  const auto known = open_.find(id);
  if (known != open_.end()) return &known->second;
  const auto columns = stored.get(tables::sessions, {id});
  return columns ? &put(id, from_row(*columns)) : nullptr;
}

session& session_book::put(const std::string& id, session known) {
  return open_.insert_or_assign(id, std::move(known)).first->second;
}

void session_book::write(const std::string& id, const session& known, storage::write_batch& into) {
  storage::value channels;
  if (known.subscribed) channels = known.subscribed->to_json();
  into.put(tables::sessions, {id},
           {known.suffix, known.properties, std::move(channels), known.last_seen_ms});
}

}  // namespace innkeeper::room
