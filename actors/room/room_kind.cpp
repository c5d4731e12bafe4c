#include "actors/room/room_kind.hpp"

#include <string_view>
#include <utility>
#include <variant>

#include "actors/room/server_message.hpp"
#include "actors/room/turn_context.hpp"

namespace innkeeper::room {
namespace {

using outputs = std::vector<durable::object_output>;
using absorbed = std::optional<outputs>;

outputs only(sockets::socket_output output) {
  outputs list;
  list.emplace_back(std::move(output));
  return list;
}

outputs error_to(connection_id whom, const proto::protocol_error& error, health::monitor& health) {
  health.count_error(proto::code_word(error.code));
  return only(sockets::send{whom, proto::frame(proto::encode_error(error))});
}

/// Heartbeats of many client libraries, which expect no answer.
bool is_heartbeat(std::string_view text) {
  return text == "ping" || text == "pong";
}

std::variant<proto::protocol_error, client_message> parse(const sockets::raw_message& what,
                                                          const proto::limits& bounds) {
  if (what.binary) {
    return proto::protocol_error{proto::error_code::binary,
                                 "Binary messages are not understood; send JSON as text."};
  }
  return parse_client_message(what.payload, bounds);
}

template <class Message>
durable::object_message message_of(Message&& told) {
  return durable::object_message(std::in_place_type<room_message>, std::forward<Message>(told));
}

absorbed absorb_words(const room_attachments* kept, const client_message_received& what,
                      health::monitor& health) {
  const auto& message = what.message;
  const auto* wishes = kept == nullptr ? nullptr : kept->wishes.get();
  if (wishes != nullptr && wishes->relayed.any_for(message.type)) return std::nullopt;
  if (std::holds_alternative<other_message>(message.body)) return outputs{};
  if (std::holds_alternative<close_message>(message.body)) {
    return only(sockets::close{what.connection});
  }
  if (what.role != proto::role::admin && is_admin_type(message.type)) {
    return error_to(what.connection,
                    {proto::error_code::forbidden, "Only admins may send '" + message.type + "'."},
                    health);
  }
  if (const auto* refused = std::get_if<refused_message>(&message.body)) {
    return error_to(what.connection, refused->error, health);
  }
  return std::nullopt;
}

absorbed absorb_leave(durable::attachments& left_behind, const connection_closed& who) {
  auto* kept = std::any_cast<room_attachments>(&left_behind);
  if (kept == nullptr) return outputs{};
  if (auto* wishes = kept->wishes.get()) {
    const bool votes = wishes->ephemeral.has_vote_of(who.facts->session);
    if (who.last_of_session && votes) return std::nullopt;
    wishes->relayed.remove(who.connection, std::nullopt);
  }
  kept->connections.erase(who.connection);
  if (kept->connections.empty()) left_behind.reset();
  return outputs{};
}

}  // namespace

room_kind::room_kind(admin_auth admins, std::int64_t session_ttl_ms, const proto::limits& bounds,
                     std::shared_ptr<health::monitor> health)
    : rules_(std::make_shared<const room_rules>(
          room_rules{std::move(admins), session_ttl_ms, bounds,
                     std::make_shared<client_rates>(bounds), std::move(health)})) {}

std::unique_ptr<durable::durable_object> room_kind::make(
    const durable::object_address& address) const {
  return std::make_unique<room>(address.name, rules_);
}

absorbed room_kind::handle_hibernated(durable::attachments& left_behind,
                                      const durable::object_message& message) const {
  const auto& told = std::any_cast<const room_message&>(message);
  if (const auto* who = std::get_if<connection_closed>(&told))
    return absorb_leave(left_behind, *who);
  if (const auto* what = std::get_if<client_message_received>(&told)) {
    return absorb_words(std::any_cast<room_attachments>(&left_behind), *what, *rules_->health);
  }
  if (const auto* nonsense = std::get_if<malformed_message>(&told)) {
    return error_to(nonsense->connection, nonsense->error, *rules_->health);
  }
  return std::nullopt;
}

sockets::read_message room_kind::read(const sockets::raw_message& what) const {
  if (!what.binary && is_heartbeat(what.payload)) return {};
  auto parsed = parse(what, rules_->bounds);
  if (auto* error = std::get_if<proto::protocol_error>(&parsed)) {
    return {message_of(malformed_message{what.connection, std::move(*error)}), false};
  }
  auto& message = std::get<client_message>(parsed);
  const bool asks_to_close = std::holds_alternative<close_message>(message.body);
  return {message_of(
              client_message_received{what.connection, what.facts, what.role, std::move(message)}),
          asks_to_close};
}

durable::object_message room_kind::wrap(sockets::socket_event what) const {
  return std::visit([](auto& each) { return message_of(std::move(each)); }, what);
}

proto::frame room_kind::ping(std::int64_t now_ms) const {
  return proto::frame(encode_ping(now_ms));
}

std::optional<proto::frame> room_kind::too_loud() const {
  static const proto::frame frame(
      proto::encode_error({proto::error_code::rate_limited,
                           "This room gets too many messages at the moment: try again later."}));
  rules_->health->count_error(proto::code_word(proto::error_code::rate_limited));
  return frame;
}

outputs room_kind::when_broken() const {
  return only(all_are_to_come_back());
}

}  // namespace innkeeper::room
