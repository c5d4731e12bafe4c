#include "actors/room/room_kind.hpp"

#include <utility>

namespace innkeeper::room {
namespace {

using outputs = std::vector<durable::object_output>;
using absorbed = std::optional<outputs>;

outputs only(room_output output) {
  outputs list;
  list.emplace_back(std::move(output));
  return list;
}

outputs error_to(connection_id whom, const proto::protocol_error& error, health::monitor& health) {
  health.count_error(proto::code_word(error.code));
  return only(send_to{whom, proto::frame(proto::encode_error(error))});
}

std::size_t bytes_of(const proto::frame& frame) {
  return frame.wire().size();
}

/// What an output has besides its frames is small.
template <class Output>
std::size_t frame_bytes(const Output& output) {
  if constexpr (requires { output.frame; }) return bytes_of(output.frame);
  return 0;
}

std::size_t frame_bytes(const admitted& output) {
  std::size_t bytes = 0;
  for (const auto& frame : output.first_frames) bytes += bytes_of(frame);
  return bytes;
}

std::size_t frame_bytes(const users_answer& output) {
  return output.json.size();
}

absorbed absorb_words(const room_attachments* kept, const said& what, health::monitor& health) {
  const auto& message = what.message;
  const auto* wishes = kept == nullptr ? nullptr : kept->wishes.get();
  if (wishes != nullptr && wishes->relayed.any_for(message.type)) return std::nullopt;
  if (std::holds_alternative<proto::other_message>(message.body)) return outputs{};
  if (std::holds_alternative<proto::close_message>(message.body)) {
    return only(close_connection{what.connection});
  }
  if (what.role != proto::role::admin && proto::is_admin_type(message.type)) {
    return error_to(what.connection,
                    {proto::error_code::forbidden, "Only admins may send '" + message.type + "'."},
                    health);
  }
  if (const auto* refused = std::get_if<proto::refused_message>(&message.body)) {
    return error_to(what.connection, refused->error, health);
  }
  return std::nullopt;
}

absorbed absorb_leave(durable::attachments& left_behind, const leave& who) {
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
  if (const auto* who = std::get_if<leave>(&told)) return absorb_leave(left_behind, *who);
  if (const auto* what = std::get_if<said>(&told)) {
    return absorb_words(std::any_cast<room_attachments>(&left_behind), *what, *rules_->health);
  }
  if (const auto* nonsense = std::get_if<said_nonsense>(&told)) {
    return error_to(nonsense->connection, nonsense->error, *rules_->health);
  }
  return std::nullopt;
}

std::size_t room_kind::bytes_of(const durable::object_output& output) const {
  return sizeof(room_output) + std::visit([](const auto& each) { return frame_bytes(each); },
                                          std::any_cast<const room_output&>(output));
}

outputs room_kind::when_broken() const {
  return only(close_all{});
}

}  // namespace innkeeper::room
