#include "tests/room/guests.hpp"

#include <utility>
#include <variant>

#include "proto/digest.hpp"

namespace innkeeper::testing {

room::facts_ptr facts_of(const std::string& session) {
  return std::make_shared<const room::connection_facts>(
      room::connection_facts{session, R"({"country":"NL"})"});
}

room::room_message words(room::connection_id who, const std::string& session,
                         const std::string& text, proto::role role) {
  auto message = room::parse_client_message(text, proto::limits());
  if (auto* error = std::get_if<proto::protocol_error>(&message)) {
    return room::malformed_message{who, std::move(*error)};
  }
  return room::client_message_received{who, facts_of(session), role,
                                       std::get<room::client_message>(std::move(message))};
}

std::string login_as_admin(const std::string& room_name, std::int64_t timestamp_ms) {
  const auto timestamp = std::to_string(timestamp_ms);
  return R"({"type":"authenticate","data":{"ts":)" + timestamp + R"(,"key":")" +
         proto::sha256_hex(room_name + timestamp + signing_key) + R"("}})";
}

sockets::request asks(const char* path, sockets::request_id id,
                      std::vector<sockets::member_activity> members) {
  sockets::request asked;
  asked.id = id;
  asked.method = "GET";
  asked.path = path;
  asked.members.activity = std::move(members);
  return asked;
}

guests::guests(std::string room_name, const proto::limits& bounds)
    : name_(std::move(room_name)),
      kind_(signing_key, room::room_rules::default_session_ttl_ms, bounds, health) {
  wake({});
}

lines guests::join(room::connection_id who, const std::string& session) {
  return tell(room::connection_opened{who, facts_of(session), nullptr});
}

lines guests::leave(room::connection_id who, const std::string& session, bool last_of_session) {
  return tell(room::connection_closed{who, facts_of(session), last_of_session});
}

lines guests::say(room::connection_id who, const std::string& session, const std::string& text) {
  return tell(words(who, session, text));
}

void guests::become_admin(room::connection_id who, const std::string& session) {
  // A key is one session's: each takes a timestamp of its own.
  const auto own_ms = now_ms + static_cast<std::int64_t>(who);
  say(who, session, login_as_admin(name_, own_ms));
}

nlohmann::json guests::details() {
  const auto wanted = turn(asks(room::details_path, 1));
  const auto& output = std::any_cast<const sockets::socket_output&>(wanted.outputs.at(0));
  return nlohmann::json::parse(std::get<sockets::answer>(output).with->body);
}

durable::effects guests::turn(room::room_message message) {
  durable::object_message wrapped = std::move(message);
  return run([&](const durable::turn& now) { return room_->handle(wrapped, now); });
}

lines guests::tell(room::room_message message) {
  const auto wanted = turn(std::move(message));
  stored.apply(wanted.writes);
  if (wanted.alarm) alarm_ms = wanted.alarm->due_ms;
  return shown(wanted.outputs);
}

void guests::set_clock(std::int64_t by_ms) {
  now_ms += by_ms;
  clock_ahead_ms_ += by_ms;
}

lines guests::edited(const storage::hand_edits& edits) {
  nap();
  return run(
      [&](const durable::turn& now) { return shown(room_->on_hand_edits(edits, now).outputs); });
}

void guests::ring() {
  const auto wanted = run([&](const durable::turn& now) { return room_->on_alarm(now); });
  stored.apply(wanted.writes);
  alarm_ms = wanted.alarm ? wanted.alarm->due_ms : std::nullopt;
}

void guests::nap() {
  wake(room_->sleep());
}

void guests::restart() {
  wake({});
}

void guests::wake(durable::attachments left_behind) {
  run([&](const durable::turn& now) {
    room_ = kind_.make({&kind_, name_});
    room_->hydrate(now, std::move(left_behind));
  });
}

}  // namespace innkeeper::testing
