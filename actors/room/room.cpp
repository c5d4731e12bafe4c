#include "actors/room/room.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "actors/room/room_tables.hpp"
#include "actors/room/vote_rules.hpp"
#include "proto/admin_key.hpp"

namespace innkeeper::room {
namespace {

using proto::error_code;
using proto::protocol_error;

const storage::row_range all_rows{{}, {}, std::nullopt, std::numeric_limits<int>::max()};

protocol_error storage_full() {
  return {error_code::storage_full,
          "The server's disk is full, or its file is locked; nothing has been changed."};
}

/// Goes with every message, for the case that the disk is full: built once.
const proto::frame& storage_full_frame() {
  static const proto::frame frame(proto::encode_error(storage_full()));
  return frame;
}

std::string state_name(const std::string& event, const std::string& id) {
  return event + ':' + id;
}

constexpr const char* config_state = "config";

std::size_t session_hash(const std::string& id) {
  return std::hash<std::string>()(id);
}

}  // namespace

struct room::reaction {
  const durable::turn& now;
  durable::effects wanted;
  /// What is said tells of nothing that has to be stored: it stays true if the disk is full.
  bool only_memory = false;
  /// The room's own row has to be written.
  bool state_changed = false;

  void out(room_output output) { wanted.outputs.emplace_back(std::move(output)); }
  void instead(room_output output) { wanted.if_storage_full.emplace_back(std::move(output)); }
  void tell(connection_id whom, std::string_view text) { out(send_to{whom, proto::frame(text)}); }
  void refuse(connection_id whom, const protocol_error& error) {
    tell(whom, proto::encode_error(error));
  }
  /// Polls and counters are named by their channel: a slow reader is spared older values.
  void publish_to(proto::channel to, std::string_view text) {
    proto::frame frame(text, to.id ? state_name(to.event, *to.id) : std::string());
    out(publish{std::move(to), std::move(frame)});
  }
  void tell_first_value(connection_id whom, std::string state, std::string_view text) {
    out(send_to{whom, proto::frame::first_value(text, std::move(state))});
  }
};

room::room(std::string name, std::shared_ptr<const room_rules> rules)
    : name_(std::move(name)), rules_(std::move(rules)) {}

void room::hydrate(const durable::turn& now, durable::attachments left_behind) {
  if (const auto state = now.stored.get(tables::states, {})) {
    config_ = storage::as_text((*state)[0]);
    increment_ = storage::as_integer((*state)[1]);
    size_ = {storage::as_integer((*state)[2]), storage::as_integer((*state)[3])};
  }
  for (const auto& [key, columns] : now.stored.list(tables::tallies, all_rows)) {
    polls_.restore(storage::as_text(key[0]), storage::as_text(key[1]),
                   storage::as_integer(columns[0]));
  }
  for (const auto& [key, columns] : now.stored.list(tables::counters, all_rows)) {
    const auto value = proto::decimal::parse(storage::as_text(columns[0]));
    if (!value) throw durable::read_failure("a counter's value is no number");
    counters_.restore(storage::as_text(key[0]), *value);
  }
  in_memory_.booted_ms = now.now_ms;
  in_memory_.increment_at_boot = increment_;
  if (auto* kept = std::any_cast<room_attachments>(&left_behind)) in_memory_ = std::move(*kept);
}

durable::effects room::handle(durable::object_message& message, const durable::turn& now) {
  reaction r{now, {}};
  std::visit([&](auto& m) { on(m, r); }, std::any_cast<room_message&>(message));
  if (size_.take_changed() || r.state_changed) write_state(r.wanted.writes);
  if (r.only_memory) r.wanted.if_storage_full = r.wanted.outputs;
  return std::move(r.wanted);
}

durable::attachments room::sleep() {
  if (in_memory_.connections.empty()) return {};
  return std::move(in_memory_);
}

// ---- coming and going

void room::on(const join& who, reaction& r) {
  const auto& id = who.facts->session;
  auto* known = sessions_.find(id, r.now.stored);
  if (known == nullptr) known = newcomer(who, r);
  if (known == nullptr) return;
  ++increment_;
  if (known->suffix == 0) known->suffix = increment_;
  in_memory_.connections.emplace(who.connection, session_hash(id));
  known->last_seen_ms = r.now.now_ms;
  r.state_changed = true;
  session_book::write(id, *known, r.wanted.writes, size_);
  if (!r.now.alarm_ms) {
    r.wanted.alarm = durable::alarm_change{r.now.now_ms + rules_->session_ttl_ms};
  }
  const speaker by{who.connection, *who.facts, proto::role::user};
  r.out(admitted{who.connection,
                 known->subscribed.value_or(proto::subscriptions()),
                 {proto::frame(proto::encode_config(config_), config_state),
                  proto::frame(profile_of(by, r))}});
  r.instead(refused{who.connection, 503, storage_full().sentence});
}

session* room::newcomer(const join& who, reaction& r) {
  const auto& id = who.facts->session;
  const bool new_room = increment_ == 0;
  const auto refuse = [&](unsigned int status, const char* sentence) {
    r.out(refused{who.connection, status, sentence});
    return nullptr;
  };
  if (new_room && !rules_->rates->take_new_room(who.facts->network, r.now.now_ms)) {
    return refuse(429, "Too many new rooms from your address. Try again in a minute.");
  }
  if (!size_.fits(session_book::bytes_of(id, session()), rules_->bounds)) {
    return refuse(503, "This room has stored as much as it may.");
  }
  if (!size_.has_room_for_session(rules_->bounds) && !make_place_for_session(r)) {
    return refuse(503, "This room knows as many sessions as it may.");
  }
  return &sessions_.put(id, session());
}

/// Forgets the session unseen for longest that nothing would be missed of.
bool room::make_place_for_session(reaction& r) {
  const auto id = sessions_.oldest_to_forget(
      r.now.stored, [this](const std::string& session) { return has_socket(session); });
  if (!id) return false;
  size_.add(-sessions_.find(*id, r.now.stored)->stored_bytes, -1);
  r.wanted.writes.erase(tables::sessions, {*id});
  sessions_.forget(*id);
  return true;
}

bool room::has_socket(const std::string& session) const {
  return std::ranges::any_of(
      in_memory_.connections,
      [hash = session_hash(session)](const auto& each) { return each.second == hash; });
}

void room::on(const leave& who, reaction& r) {
  in_memory_.connections.erase(who.connection);
  new_admins_.erase(who.connection);
  in_memory_.relayed.remove(who.connection, std::nullopt);
  r.only_memory = true;
  if (!who.last_of_session) return;
  sessions_.forget(who.facts->session);
  for (auto& poll : in_memory_.ephemeral.forget(who.facts->session)) {
    const auto text =
        proto::encode_poll(true, proto::quote(poll), *in_memory_.ephemeral.tallies().find(poll));
    r.publish_to(proto::channel("ephemeralPoll", std::move(poll)), text);
  }
}

void room::on(const still_here& who, reaction& r) {
  auto* known = sessions_.find(who.facts->session, r.now.stored);
  if (known == nullptr) return;
  known->last_seen_ms = r.now.now_ms;
  session_book::write(who.facts->session, *known, r.wanted.writes, size_);
  r.wanted.is_activity = false;
}

/// Goes through the sessions page by page, so that nobody who speaks meanwhile waits for long.
durable::effects room::on_alarm(const durable::turn& now) {
  constexpr std::size_t page = 200;
  durable::effects wanted;
  const auto rows = now.stored.list(tables::sessions, {{}, {}, forget_after_, page});
  for (const auto& [key, columns] : rows) {
    const auto due_ms = storage::as_integer(columns[3]) + rules_->session_ttl_ms;
    if (due_ms <= now.now_ms) {
      if (const auto* known = sessions_.find(storage::as_text(key[0]), now.stored)) {
        size_.add(-known->stored_bytes, -1);
      }
      wanted.writes.erase(tables::sessions, key);
      sessions_.forget(storage::as_text(key[0]));
    } else {
      next_forget_ms_ = std::min(next_forget_ms_, due_ms);
    }
  }
  if (size_.take_changed()) write_state(wanted.writes);
  if (rows.size() == page) {
    forget_after_ = storage::as_text(rows.back().key[0]);
    wanted.alarm = durable::alarm_change{now.now_ms};
    return wanted;
  }
  forget_after_.reset();
  const auto next = std::exchange(next_forget_ms_, std::numeric_limits<std::int64_t>::max());
  if (next != std::numeric_limits<std::int64_t>::max()) wanted.alarm = durable::alarm_change{next};
  return wanted;
}

// ---- what clients say

void room::on(said& what, reaction& r) {
  const speaker by{what.connection, *what.facts, role_of(what)};
  r.instead(send_to{by.connection, storage_full_frame()});
  if (by.role != proto::role::admin && proto::is_admin_type(what.message.type)) {
    r.refuse(by.connection,
             {error_code::forbidden, "Only admins may send '" + what.message.type + "'."});
  } else {
    std::visit([&](const auto& body) { obey(body, what.message, by, r); }, what.message.body);
  }
  relay_to_admins(what.message, by, r);
}

void room::on(const said_nonsense& what, reaction& r) {
  r.only_memory = true;
  r.refuse(what.connection, what.error);
}

void room::obey(const proto::refused_message& m, const proto::client_message&, const speaker& by,
                reaction& r) {
  r.refuse(by.connection, m.error);
}

void room::obey(const proto::chat_message&, const proto::client_message& whole, const speaker& by,
                reaction& r) {
  const auto& who = session_of(by, r);
  const auto text = proto::encode_chat(whole.data, who.suffix, who.public_properties);
  r.publish_to(proto::channel("chat"), text);
}

void room::obey(const proto::subscribe_message& m, const proto::client_message&, const speaker& by,
                reaction& r) {
  auto& who = session_of(by, r);
  auto channels = who.subscribed.value_or(proto::subscriptions());
  if (channels.add(m.what)) {
    if (proto::is_over(channels.size(), rules_->bounds.subscriptions)) {
      return r.refuse(
          by.connection,
          {error_code::limit, "A session may be subscribed to at most " +
                                  std::to_string(rules_->bounds.subscriptions) + " channels."});
    }
    const auto before = who.subscribed ? who.subscribed->to_json().size() : 0;
    if (!fits(signed_size(channels.to_json().size()) - signed_size(before), by, r)) return;
    who.subscribed = std::move(channels);
    session_book::write(by.facts.session, who, r.wanted.writes, size_);
    r.out(subscribed{by.facts.session, m.what});
  }
  send_current_values(m.what, by.connection, r);
}

void room::obey(const proto::unsubscribe_message& m, const proto::client_message&,
                const speaker& by, reaction& r) {
  auto& who = session_of(by, r);
  if (!who.subscribed || !who.subscribed->remove(m.what)) return;
  session_book::write(by.facts.session, who, r.wanted.writes, size_);
  r.out(unsubscribed{by.facts.session, m.what});
}

void room::obey(const proto::profile_message&, const proto::client_message&, const speaker& by,
                reaction& r) {
  r.tell(by.connection, profile_of(by, r));
}

void room::obey(const proto::login_message& m, const proto::client_message&, const speaker& by,
                reaction& r) {
  auto& who = session_of(by, r);
  if (!fits(signed_size(m.properties.size()) - signed_size(who.properties.size()), by, r)) return;
  who.kept = true;
  who.properties = m.properties;
  who.public_properties = m.public_properties;
  session_book::write(by.facts.session, who, r.wanted.writes, size_);
  r.tell(by.connection, profile_of(by, r));
}

void room::obey(const proto::vote_message& m, const proto::client_message&, const speaker& by,
                reaction& r) {
  if (m.ephemeral) {
    vote_ephemerally(m, by, r);
  } else {
    vote_durably(m, by, r);
  }
}

void room::vote_durably(const proto::vote_message& m, const speaker& by, reaction& r) {
  const auto& poll = m.poll.name;
  std::optional<std::string> earlier;
  if (const auto vote = r.now.stored.get(tables::votes, {poll, by.facts.session})) {
    earlier = storage::as_text((*vote)[0]);
  }
  if (const auto error = fault_of_vote(m, polls_, earlier, rules_->bounds)) {
    return r.refuse(by.connection, *error);
  }
  const auto more = bytes_of_vote(m, by.facts.session, polls_, earlier);
  if (!fits(more, by, r)) return;
  if (!earlier) keep(by, r);
  size_.add(more);
  polls_.cast(poll, m.answer, earlier);
  if (earlier != m.answer) {
    auto& writes = r.wanted.writes;
    writes.put(tables::votes, {poll, by.facts.session}, {m.answer});
    writes.put(tables::tallies, {poll, m.answer}, {polls_.votes(poll, m.answer)});
    if (earlier) {
      const auto left = polls_.votes(poll, *earlier);
      if (left > 0) writes.put(tables::tallies, {poll, *earlier}, {left});
      if (left == 0) writes.erase(tables::tallies, {poll, *earlier});
    }
  }
  r.publish_to(proto::channel("poll", poll),
               proto::encode_poll(false, m.poll.json, *polls_.find(poll)));
}

void room::vote_ephemerally(const proto::vote_message& m, const speaker& by, reaction& r) {
  const auto& poll = m.poll.name;
  const auto earlier = in_memory_.ephemeral.vote_of(by.facts.session, poll);
  if (const auto error =
          fault_of_vote(m, in_memory_.ephemeral.tallies(), earlier, rules_->bounds)) {
    return r.refuse(by.connection, *error);
  }
  r.only_memory = true;
  in_memory_.ephemeral.cast(by.facts.session, poll, m.answer);
  const auto& stats = *in_memory_.ephemeral.tallies().find(poll);
  r.publish_to(proto::channel("ephemeralPoll", poll), proto::encode_poll(true, m.poll.json, stats));
}

void room::obey(const proto::count_message& m, const proto::client_message&, const speaker& by,
                reaction& r) {
  const auto& name = m.counter.name;
  const auto more = counters_.all().contains(name)
                        ? 0
                        : signed_size(name.size()) + room_size::counter_value_bytes;
  if (!fits(more, by, r)) return;
  if (const auto error = counters_.add(name, m.change, rules_->bounds)) {
    return r.refuse(by.connection, *error);
  }
  size_.add(more);
  const auto value = counters_.all().at(name).text();
  r.wanted.writes.put(tables::counters, {name}, {value});
  r.publish_to(proto::channel("counter", name), proto::encode_counter(m.counter.json, value));
}

void room::obey(const proto::authenticate_message& m, const proto::client_message&,
                const speaker& by, reaction& r) {
  auto& rates = *rules_->rates;
  const auto now_ms = r.now.now_ms;
  if (!rates.may_try_key(by.connection, by.facts.network, now_ms)) {
    return r.refuse(by.connection,
                    {error_code::rate_limited, "Too many wrong keys. Try again in a minute."});
  }
  const auto error = rules_->admins.try_key(name_, by.facts.session, m, r.now, r.wanted.writes);
  if (error) {
    if (error->code == error_code::wrong_key && admin_gate::is_well_formed(m.key)) {
      rates.wrong_key(by.connection, by.facts.network, now_ms);
    }
    return r.refuse(by.connection, *error);
  }
  new_admins_.insert(by.connection);
  r.out(role_changed{by.connection, proto::role::admin});
  r.tell(by.connection, profile_of({by.connection, by.facts, proto::role::admin}, r));
}

void room::obey(const proto::config_message& m, const proto::client_message&, const speaker& by,
                reaction& r) {
  const auto more = signed_size(m.text.size()) - signed_size(config_.size());
  if (!fits(more, by, r)) return;
  size_.add(more);
  config_ = m.text;
  r.state_changed = true;
  r.out(send_to_all{proto::frame(proto::encode_config(config_), config_state)});
}

void room::obey(const proto::broadcast_message& m, const proto::client_message&, const speaker&,
                reaction& r) {
  const proto::frame frame(proto::encode_broadcast(m.type, m.data));
  if (m.to) {
    r.out(publish{*m.to, frame});
  } else {
    r.out(send_to_all{frame});
  }
}

void room::obey(const proto::relay_message& m, const proto::client_message&, const speaker& by,
                reaction& r) {
  if (in_memory_.relayed.add(by.connection, m.type)) return;
  r.refuse(by.connection, {error_code::limit, "An admin may have at most 128 types relayed."});
}

void room::obey(const proto::delete_relay_message& m, const proto::client_message&,
                const speaker& by, reaction&) {
  in_memory_.relayed.remove(by.connection, m.type);
}

void room::obey(const proto::close_message&, const proto::client_message&, const speaker& by,
                reaction& r) {
  r.only_memory = true;
  r.out(close_connection{by.connection});
}

void room::obey(const proto::other_message&, const proto::client_message&, const speaker&,
                reaction&) {}

void room::send_current_values(const proto::channel& what, connection_id to, reaction& r) {
  const auto wanted = [&](const std::string& id) { return !what.id || *what.id == id; };
  const bool ephemeral = what.event == "ephemeralPoll";
  if (ephemeral || what.event == "poll") {
    const auto& polls = ephemeral ? in_memory_.ephemeral.tallies() : polls_;
    for (const auto& [poll, stats] : polls.all()) {
      if (!wanted(poll)) continue;
      r.tell_first_value(to, state_name(what.event, poll),
                         proto::encode_poll(ephemeral, proto::quote(poll), stats));
    }
  } else if (what.event == "counter") {
    for (const auto& [name, value] : counters_.all()) {
      if (!wanted(name)) continue;
      r.tell_first_value(to, state_name(what.event, name),
                         proto::encode_counter(proto::quote(name), value.text()));
    }
  }
}

void room::relay_to_admins(const proto::client_message& whole, const speaker& by, reaction& r) {
  if (whole.type == "authenticate") return;  // it holds a key
  auto admins = in_memory_.relayed.admins_for(whole.type);
  if (admins.empty()) return;
  const auto& who = session_of(by, r);
  const auto properties = who.shown_properties();
  const proto::profile_view sender{who.suffix, by.facts.session, properties, by.facts.details_json,
                                   by.role};
  const auto text = proto::encode_relay(whole.type, whole.data, sender);
  r.out(send_to_admins{std::move(admins), proto::frame(text)});
}

// ---- what HTTP asks

void room::on(const details_asked& request, reaction& r) {
  proto::room_details details;
  details.object_id = proto::object_id(name_);
  details.name = name_;
  details.increment = increment_;
  details.increment_since_restart = increment_ - in_memory_.increment_at_boot;
  details.poll_count = static_cast<std::int64_t>(polls_.all().size());
  details.config = config_;
  details.ephemeral_poll_count =
      static_cast<std::int64_t>(in_memory_.ephemeral.tallies().all().size());
  details.bootup_time_ms = in_memory_.booted_ms;
  details.uptime_ms = r.now.now_ms - in_memory_.booted_ms;
  r.wanted.is_activity = false;
  r.instead(no_answer{request.request});
  r.out(details_answer{request.request, std::move(details)});
}

void room::on(const users_asked& request, reaction& r) {
  std::vector<proto::user_line> users;
  users.reserve(request.connections.size());
  for (const auto& [id, last_communication_ms] : request.connections) {
    const auto* who = sessions_.find(id, r.now.stored);
    if (who == nullptr) continue;
    users.push_back({who->suffix, who->public_properties, last_communication_ms});
  }
  r.wanted.is_activity = false;
  r.instead(no_answer{request.request});
  r.out(users_answer{request.request, proto::encode_users(r.now.now_ms, users)});
}

void room::on(const session_asked& request, reaction& r) {
  const bool known = r.now.stored.get(tables::sessions, {request.session}).has_value();
  r.wanted.is_activity = false;
  r.instead(no_answer{request.request});
  r.out(users_answer{request.request, known ? "true" : "false"});
}

// ---- helpers

void room::write_state(storage::write_batch& into) const {
  into.put(tables::states, {}, {config_, increment_, size_.bytes(), size_.sessions()});
}

bool room::fits(std::int64_t more_bytes, const speaker& by, reaction& r) const {
  if (size_.fits(more_bytes, rules_->bounds)) return true;
  r.refuse(by.connection,
           {error_code::limit, "This room has stored as much as it may: " +
                                   std::to_string(rules_->bounds.room_bytes) + " bytes."});
  return false;
}

/// The session has left something that counts.
void room::keep(const speaker& by, reaction& r) {
  auto& who = session_of(by, r);
  if (std::exchange(who.kept, true)) return;
  session_book::write(by.facts.session, who, r.wanted.writes, size_);
}

/// A session with an open socket has a row, unless the disk was full when it came.
session& room::session_of(const speaker& by, reaction& r) {
  auto* known = sessions_.find(by.facts.session, r.now.stored);
  return known != nullptr ? *known : sessions_.put(by.facts.session, session());
}

proto::role room::role_of(const said& what) const {
  return new_admins_.contains(what.connection) ? proto::role::admin : what.role;
}

std::string room::profile_of(const speaker& by, reaction& r) {
  const auto& who = session_of(by, r);
  const auto properties = who.shown_properties();
  return proto::encode_profile(
      {who.suffix, by.facts.session, properties, by.facts.details_json, by.role});
}

}  // namespace innkeeper::room
