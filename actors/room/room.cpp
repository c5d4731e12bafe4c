#include "actors/room/room.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "actors/room/room_tables.hpp"
#include "actors/room/turn_context.hpp"
#include "proto/close_codes.hpp"
#include "proto/digest.hpp"
#include "proto/json_text.hpp"
#include "proto/limits.hpp"

namespace innkeeper::room {
namespace {

const storage::row_range all_rows{{}, {}, std::nullopt, std::numeric_limits<int>::max()};

/// Tolerance for changes of the time of day, which alarms follow.
constexpr std::int64_t alarm_slack_ms = std::int64_t{3600} * 1000;

}  // namespace

room::room(std::string name, std::shared_ptr<const room_rules> rules)
    : name_(std::move(name)), rules_(std::move(rules)) {}

void room::hydrate(const durable::turn& now, durable::attachments&& left_behind) {
  if (const auto state = now.stored.get(tables::states, {})) {
    config_ = storage::as_text((*state)[0]);
    if (!proto::is_utf8(config_)) throw durable::read_failure("the config is no UTF-8");
    increment_ = storage::as_integer((*state)[1]);
    size_ = {storage::as_integer((*state)[2]), storage::as_integer((*state)[3])};
  }
  using storage::row_view;
  now.stored.visit(tables::tallies, all_rows, [this](row_view key, row_view columns) {
    polls_.restore(storage::as_text(key[0]), storage::as_text(key[1]),
                   storage::as_integer(columns[0]));
  });
  now.stored.visit(tables::counters, all_rows, [this](row_view key, row_view columns) {
    const auto value = proto::decimal::parse(storage::as_text(columns[0]));
    if (!value) throw durable::read_failure("a counter's value is no number");
    counters_.restore(storage::as_text(key[0]), *value);
  });
  in_memory_.booted_ms = now.now_ms;
  in_memory_.booted_at_ms = now.server_ms;
  in_memory_.increment_at_boot = increment_;
  if (auto* kept = std::any_cast<room_attachments>(&left_behind)) in_memory_ = std::move(*kept);
  if (!in_memory_.wishes) in_memory_.wishes = new unstored_wishes;
}

durable::effects room::handle(durable::object_message& message, const durable::turn& now) {
  turn_context r{now, told_, *rules_->health, {}};
  std::visit([&](auto& m) { on(m, r); }, std::any_cast<room_message&>(message));
  if (size_.take_changed() || r.state_changed) write_state(now, r.wanted.writes);
  if (r.only_memory) {
    r.wanted.if_storage_full = [same = r.wanted.outputs] { return same; };
  }
  return std::move(r.wanted);
}

durable::attachments room::sleep() {
  if (in_memory_.connections.empty()) return {};
  if (in_memory_.wishes->empty()) in_memory_.wishes = nullptr;
  // Rebuilt, because a list that was once longer keeps its allocation.
  auto& all = in_memory_.connections;
  return room_attachments{std::move(in_memory_.wishes),
                          {boost::container::ordered_unique_range, all.begin(), all.end()},
                          in_memory_.increment_at_boot,
                          in_memory_.booted_ms,
                          in_memory_.booted_at_ms};
}

// ---- connects and disconnects

void room::on(const connection_opened& who, turn_context& r) {
  const auto& id = who.facts->session;
  auto* known = sessions_.find(id, r.now.stored);
  if (known == nullptr) known = newcomer(who, r);
  if (known == nullptr) return;
  ++increment_;
  if (known->suffix == 0) known->suffix = increment_;
  in_memory_.connections.emplace(who.connection, session_hash(id));
  r.state_changed = true;
  session_book::saw(id, *known, r.now, r.wanted.writes, size_);
  // A later alarm was set while the time of day was ahead.
  const auto latest = r.now.now_ms + rules_->session_ttl_ms;
  if (!r.now.alarm_ms || *r.now.alarm_ms > latest + alarm_slack_ms) {
    r.wanted.alarm = durable::alarm_change{latest};
  }
  const speaker by{who.connection, *who.facts, proto::role::user};
  r.out(sockets::accept{
      who.connection,
      known->subscribed.value_or(sockets::subscriptions()),
      {proto::frame(encode_config(config_), config_state), proto::frame(profile_of(by, r))}});
  r.fallback_if_full([who = who.connection] {
    return sockets::refuse{who, 503, storage_full_error().sentence};
  });
}

session* room::newcomer(const connection_opened& who, turn_context& r) {
  const auto& id = who.facts->session;
  const bool new_room = increment_ == 0;
  const auto refuse = [&](unsigned int status, const char* sentence) {
    r.out(sockets::refuse{who.connection, status, sentence});
    return nullptr;
  };
  if (new_room && !rules_->rates->take_new_room(who.facts->network, r.now.server_ms)) {
    r.health.report(health::reason::new_rooms,
                    "an address made too many rooms, the last '" + name_ + "'");
    return refuse(429, "Too many new rooms from your address. Try again in a minute.");
  }
  if (!size_.has_room_for_session(rules_->bounds) && !make_place_for_session(r)) {
    r.health.report(health::reason::sessions_per_room, "room '" + name_ + "' is full of sessions");
    return refuse(503, "This room knows as many sessions as it may.");
  }
  return &sessions_.put(id, session());
}

/// Removes the longest unseen session without data that is kept.
bool room::make_place_for_session(turn_context& r) {
  const auto id = sessions_.oldest_to_forget(
      r.now.stored, [this](const auto& asked) { return connected_among(asked); });
  if (!id) return false;
  size_.add(-sessions_.find(*id, r.now.stored)->stored_bytes, -1);
  r.wanted.writes.erase(tables::sessions, {*id});
  sessions_.forget(*id);
  return true;
}

/// One pass over the connections, which may be a thousand times as many as `asked`.
session_hashes room::connected_among(const session_hashes& asked) const {
  session_hashes connected;
  for (const auto& [_, hash] : in_memory_.connections) {
    if (asked.contains(hash)) connected.insert(hash);
  }
  return connected;
}

void room::on(const connection_closed& who, turn_context& r) {
  in_memory_.connections.erase(who.connection);
  new_admins_.erase(who.connection);
  in_memory_.wishes->relayed.remove(who.connection, std::nullopt);
  r.only_memory = true;
  if (!who.last_of_session) return;
  sessions_.forget(who.facts->session);
  for (auto& poll : in_memory_.wishes->ephemeral.forget(who.facts->session)) {
    const auto text =
        encode_poll(true, proto::quote(poll), *in_memory_.wishes->ephemeral.tallies().find(poll));
    r.publish_to(sockets::topic("ephemeralPoll", std::move(poll)), text);
  }
}

void room::on(const keepalive& who, turn_context& r) {
  auto* known = sessions_.find(who.facts->session, r.now.stored);
  if (known == nullptr) return;
  session_book::saw(who.facts->session, *known, r.now, r.wanted.writes, size_);
  r.wanted.is_activity = false;
}

/// Handles the sessions page by page, so that other messages do not wait for long.
durable::effects room::on_alarm(const durable::turn& now) {
  constexpr std::size_t page = 200;
  durable::effects wanted;
  const auto rows = now.stored.list(tables::sessions, {{}, {}, forget_after_, page});
  const auto connected = connected_among(hashes_of(rows, 0));
  const auto due_ms_of = [&](const storage::keyed_row& of) {
    const auto due_ms = session_book::seen_at_of(of.columns) + rules_->session_ttl_ms;
    if (due_ms > now.server_ms) return due_ms;
    const bool has_socket = connected.contains(session_hash(storage::as_text(of.key[0])));
    return has_socket ? now.server_ms + rules_->session_ttl_ms : due_ms;
  };
  std::vector<std::pair<const storage::keyed_row*, std::int64_t>> due;
  auto next_ms = std::numeric_limits<std::int64_t>::max();
  for (const auto& row : rows) {
    const auto due_ms = due_ms_of(row);
    if (due_ms > now.server_ms) {
      next_ms = std::min(next_ms, due_ms);
      continue;
    }
    const auto* known = sessions_.find(storage::as_text(row.key[0]), now.stored);
    due.emplace_back(&row, known != nullptr ? known->stored_bytes : 0);
  }
  next_forget_ms_ = std::min(next_forget_ms_, next_ms);
  for (const auto& [row, bytes] : due) {
    size_.add(-bytes, -1);
    wanted.writes.erase(tables::sessions, row->key);
    sessions_.forget(storage::as_text(row->key[0]));
  }
  if (size_.take_changed()) write_state(now, wanted.writes);
  if (rows.size() == page) {
    forget_after_ = storage::as_text(rows.back().key[0]);
    wanted.alarm = durable::alarm_change{now.now_ms};
    return wanted;
  }
  forget_after_.reset();
  const auto next = std::exchange(next_forget_ms_, std::numeric_limits<std::int64_t>::max());
  if (next != std::numeric_limits<std::int64_t>::max()) {
    wanted.alarm = durable::alarm_change{now.now_ms + (next - now.server_ms)};
  }
  return wanted;
}

// ---- edits by hand

durable::effects room::on_hand_edits(const storage::hand_edits& edits, const durable::turn& now) {
  turn_context r{now, told_, *rules_->health, {}};
  const bool is_another =
      std::ranges::any_of(edits, [](const auto& each) { return each.what == "object"; });
  if (is_another) {
    r.out(all_are_to_come_back());
  } else {
    for (const auto& each : edits) tell_of(each, r);
  }
  return std::move(r.wanted);
}

/// A deleted poll or counter is published as empty or 0.
void room::tell_of(const storage::hand_edit& edit, turn_context& r) {
  if (edit.what == "config") {
    r.out(sockets::send_to_all{proto::frame(encode_config(config_), config_state)});
  } else if (edit.what == "poll") {
    const auto* stats = polls_.find(edit.name);
    r.publish_to(
        sockets::topic("poll", edit.name),
        encode_poll(false, proto::quote(edit.name), stats != nullptr ? *stats : tallies()));
  } else if (edit.what == "counter") {
    const auto found = counters_.all().find(edit.name);
    const auto value = found != counters_.all().end() ? found->second.text() : std::string("0");
    r.publish_to(sockets::topic("counter", edit.name),
                 encode_counter(proto::quote(edit.name), value));
  } else if (edit.what == "session") {
    close_session(edit.name, r);
  }
}

/// Closes the session's sockets, so that they reconnect with the edited row.
void room::close_session(const std::string& id, turn_context& r) {
  const auto wanted = session_hash(id);
  for (const auto& [connection, hash] : in_memory_.connections) {
    if (hash != wanted) continue;
    r.out(sockets::close{connection, proto::close_code::service_restart,
                         "Your session was changed by the owner."});
  }
}

// ---- HTTP requests

void room::on(const request& what, turn_context& r) {
  r.wanted.is_activity = false;
  r.fallback_if_full([which = what.id] { return sockets::answer{which, nullptr}; });
  const auto reply = [&](std::string json) {
    r.out(sockets::answer_with(what.id, {.type = "application/json", .body = std::move(json)}));
  };
  if (what.path == details_path) return reply(details_of(what, r));
  if (what.path == users_path) return reply(users_of(what, r));
  if (what.path == session_path && !what.query.empty()) {
    const auto& session = what.query.front().second;
    const bool known = r.now.stored.get(tables::sessions, {session}).has_value();
    return reply(known ? "true" : "false");
  }
  constexpr unsigned int not_found = 404;
  r.out(sockets::answer_with(what.id,
                             {.status = not_found, .body = "Rooms answer no such request."}));
}

std::string room::details_of(const request& what, const turn_context& r) const {
  room_details details;
  details.object_id = proto::object_id(name_);
  details.name = name_;
  details.increment = increment_;
  details.increment_since_restart = increment_ - in_memory_.increment_at_boot;
  details.poll_count = static_cast<std::int64_t>(polls_.all().size());
  details.config = config_;
  details.ephemeral_poll_count =
      static_cast<std::int64_t>(in_memory_.wishes->ephemeral.tallies().all().size());
  details.bootup_time_ms = in_memory_.booted_ms;
  details.uptime_ms = r.now.server_ms - in_memory_.booted_at_ms;
  details.count = static_cast<std::int64_t>(what.members.connections);
  details.unique_count = static_cast<std::int64_t>(what.members.sessions);
  return encode_details(details);
}

std::string room::users_of(const request& what, turn_context& r) {
  std::vector<user_line> users;
  users.reserve(what.members.activity.size());
  std::size_t properties_bytes = 0;
  for (const auto& [id, last_communication_ms] : what.members.activity) {
    const auto* who = sessions_.find(id, r.now.stored);
    if (who == nullptr) continue;
    properties_bytes += who->public_properties.size();
    const bool too_much = properties_bytes > proto::users_properties_bytes_max;
    users.push_back({who->suffix, too_much ? std::string_view("{}") : who->public_properties,
                     last_communication_ms});
  }
  return encode_users(r.now.now_ms, users);
}

// ---- helpers

void room::write_state(const durable::turn& now, storage::write_batch& into) const {
  into.put(tables::states, {}, {config_, increment_, size_.bytes(), size_.sessions(), now.now_ms});
}

/// A session with an open socket has a row, unless the disk was full when it connected.
session& room::session_of(const speaker& by, turn_context& r) {
  auto* known = sessions_.find(by.facts.session, r.now.stored);
  return known != nullptr ? *known : sessions_.put(by.facts.session, session());
}

std::string room::profile_of(const speaker& by, turn_context& r) {
  const auto& who = session_of(by, r);
  const auto properties = who.shown_properties();
  return encode_profile({who.suffix, by.facts.session, properties, by.facts.details_json, by.role});
}

}  // namespace innkeeper::room
