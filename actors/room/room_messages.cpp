#include <optional>
#include <string>
#include <utility>

#include "actors/room/room_tables.hpp"
#include "actors/room/turn_context.hpp"
#include "actors/room/vote_rules.hpp"

/// Handles each type of client message.
namespace innkeeper::room {
namespace {

using proto::error_code;

/// Built once, because every sender of a message receives it while the disk is full.
const proto::frame& storage_full_frame() {
  static const proto::frame frame(proto::encode_error(storage_full_error()));
  return frame;
}

/// Extra bytes that each message may cause freely. Not one of the limits: nothing is refused at it,
/// only counted beyond it.
constexpr std::size_t free_further_bytes = 4096;

}  // namespace

void room::on(client_message_received& what, turn_context& r) {
  const speaker by{what.connection, *what.facts, role_of(what)};
  r.fallback_if_full([whom = by.connection, health = &r.health] {
    health->count_error(proto::code_word(error_code::storage_full));
    return sockets::send{whom, storage_full_frame()};
  });
  read_rows_for(what.message, by, r);
  if (!may_cause_more(what.message, by, r)) return;
  if (by.role != proto::role::admin && is_admin_type(what.message.type)) {
    r.refuse(by.connection,
             {error_code::forbidden, "Only admins may send '" + what.message.type + "'."});
  } else {
    std::visit([&](const auto& body) { apply(body, what.message, by, r); }, what.message.body);
  }
  relay_to_admins(what.message, by, r);
}

void room::read_rows_for(const client_message& whole, const speaker& by, turn_context& r) {
  const auto is = [&]<class Message>(std::in_place_type_t<Message>) {
    return std::holds_alternative<Message>(whole.body);
  };
  using std::in_place_type;
  const auto* vote = std::get_if<vote_message>(&whole.body);
  const bool is_stored_vote = vote != nullptr && !vote->ephemeral;
  if (is_stored_vote) {
    const auto row = r.now.stored.get(tables::votes, {vote->poll.name, by.facts.session});
    if (row) r.earlier_vote = storage::as_text((*row)[0]);
  }
  const bool needs_session =
      (is_stored_vote && !r.earlier_vote) || is(in_place_type<chat_message>) ||
      is(in_place_type<subscribe_message>) || is(in_place_type<unsubscribe_message>) ||
      is(in_place_type<profile_message>) || is(in_place_type<login_message>) ||
      is(in_place_type<authenticate_message>) || is(in_place_type<relay_message>);
  if (needs_session || in_memory_.wishes->relayed.any_for(whole.type)) session_of(by, r);
}

void room::on(const malformed_message& what, turn_context& r) {
  r.only_memory = true;
  r.refuse(what.connection, what.error);
}

void room::apply(const refused_message& m, const client_message&, const speaker& by,
                 turn_context& r) {
  r.refuse(by.connection, m.error);
}

void room::apply(const chat_message&, const client_message& whole, const speaker& by,
                 turn_context& r) {
  const auto& who = session_of(by, r);
  const auto text = encode_chat(whole.data, who.suffix, who.public_properties);
  r.publish_to(sockets::topic("chat"), text);
}

void room::apply(const subscribe_message& m, const client_message&, const speaker& by,
                 turn_context& r) {
  auto& who = session_of(by, r);
  if (!who.subscribed || !who.subscribed->has(m.what)) {
    auto channels = who.subscribed.value_or(sockets::subscriptions());
    channels.add(m.what);
    if (proto::is_over(channels.size(), rules_->bounds.subscriptions)) {
      return r.refuse(
          by.connection,
          {error_code::limit, "A session may be subscribed to at most " +
                                  std::to_string(rules_->bounds.subscriptions) + " channels."});
    }
    const auto before = signed_size(who.channels_json.size());
    if (!session_fits(signed_size(channels.to_json().size()) - before, by, r)) return;
    who.subscribe_to(std::move(channels));
    session_book::write(by.facts.session, who, r.wanted.writes, size_);
    r.out(sockets::subscribe{by.facts.session, m.what});
  }
  send_current_values(m.what, by.connection, r);
}

void room::apply(const unsubscribe_message& m, const client_message&, const speaker& by,
                 turn_context& r) {
  auto& who = session_of(by, r);
  auto channels = who.subscribed.value_or(sockets::subscriptions());
  if (!channels.remove(m.what)) return;
  who.subscribe_to(std::move(channels));
  session_book::write(by.facts.session, who, r.wanted.writes, size_);
  r.out(sockets::unsubscribe{by.facts.session, m.what});
}

void room::apply(const profile_message&, const client_message&, const speaker& by,
                 turn_context& r) {
  r.tell(by.connection, profile_of(by, r));
}

void room::apply(const login_message& m, const client_message&, const speaker& by,
                 turn_context& r) {
  auto& who = session_of(by, r);
  const auto before = signed_size(who.properties.size());
  if (!session_fits(signed_size(m.properties.size()) - before, by, r)) return;
  who.kept = true;
  who.properties = m.properties;
  who.public_properties = m.public_properties;
  session_book::write(by.facts.session, who, r.wanted.writes, size_);
  r.tell(by.connection, profile_of(by, r));
}

void room::apply(const vote_message& m, const client_message&, const speaker& by, turn_context& r) {
  if (m.ephemeral) {
    vote_ephemerally(m, by, r);
  } else {
    vote_durably(m, by, r);
  }
}

void room::vote_durably(const vote_message& m, const speaker& by, turn_context& r) {
  const auto& poll = m.poll.name;
  const auto& earlier = r.earlier_vote;
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
  r.publish_to(sockets::topic("poll", poll), encode_poll(false, m.poll.json, *polls_.find(poll)));
}

void room::vote_ephemerally(const vote_message& m, const speaker& by, turn_context& r) {
  const auto& poll = m.poll.name;
  if (const auto gone = in_memory_.wishes->ephemeral.make_place_for(poll, rules_->bounds)) {
    r.told.changed(state_name("ephemeralPoll", *gone));
  }
  const auto earlier = in_memory_.wishes->ephemeral.vote_of(by.facts.session, poll);
  if (const auto error =
          fault_of_vote(m, in_memory_.wishes->ephemeral.tallies(), earlier, rules_->bounds)) {
    return r.refuse(by.connection, *error);
  }
  r.only_memory = true;
  in_memory_.wishes->ephemeral.cast(by.facts.session, poll, m.answer);
  const auto& stats = *in_memory_.wishes->ephemeral.tallies().find(poll);
  r.publish_to(sockets::topic("ephemeralPoll", poll), encode_poll(true, m.poll.json, stats));
}

void room::apply(const count_message& m, const client_message&, const speaker& by,
                 turn_context& r) {
  const auto& name = m.counter.name;
  const auto more = counters_.all().contains(name)
                        ? 0
                        : signed_size(name.size()) + room_size::counter_value_bytes;
  if (!fits(more, by, r)) return;
  const auto sum = counters_.add(name, m.change, rules_->bounds);
  if (const auto* error = std::get_if<proto::protocol_error>(&sum)) {
    return r.refuse(by.connection, *error);
  }
  size_.add(more);
  const auto value = std::get<proto::decimal>(sum).text();
  r.wanted.writes.put(tables::counters, storage::row_of(name), storage::row_of(value));
  r.publish_to(sockets::topic("counter", name), encode_counter(m.counter.json, value));
}

void room::apply(const authenticate_message& m, const client_message&, const speaker& by,
                 turn_context& r) {
  auto& rates = *rules_->rates;
  const auto now_ms = r.now.server_ms;
  if (!rates.may_try_key(by.connection, by.facts.network, now_ms)) {
    return r.refuse(by.connection,
                    {error_code::rate_limited, "Too many wrong keys. Try again in a minute."});
  }
  const auto error = rules_->admins.try_key(name_, by.facts.session, m, r.now, r.wanted.writes);
  if (error) {
    if (error->code == error_code::wrong_key && admin_auth::is_well_formed(m.key)) {
      rates.wrong_key(by.connection, by.facts.network, now_ms);
    }
    r.health.report(health::reason::admin_login_failed,
                    "in room '" + name_ + "': " + std::string(proto::code_word(error->code)));
    return r.refuse(by.connection, *error);
  }
  new_admins_.insert(by.connection);
  r.out(sockets::set_role{by.connection, proto::role::admin});
  r.tell(by.connection, profile_of({by.connection, by.facts, proto::role::admin}, r));
}

void room::apply(const config_message& m, const client_message&, const speaker& by,
                 turn_context& r) {
  const auto more = signed_size(m.text.size()) - signed_size(config_.size());
  if (!fits(more, by, r)) return;
  size_.add(more);
  config_ = m.text;
  r.state_changed = true;
  r.out(sockets::send_to_all{proto::frame(encode_config(config_), config_state)});
}

void room::apply(const broadcast_message& m, const client_message&, const speaker&,
                 turn_context& r) {
  const proto::frame frame(encode_broadcast(m.type, m.data));
  if (m.to) {
    r.out(sockets::publish{*m.to, frame});
  } else {
    r.out(sockets::send_to_all{frame});
  }
}

void room::apply(const relay_message& m, const client_message&, const speaker& by,
                 turn_context& r) const {
  if (in_memory_.wishes->relayed.add(by.connection, m.type)) return;
  r.refuse(by.connection, {error_code::limit, "An admin may have at most 128 types relayed."});
}

void room::apply(const delete_relay_message& m, const client_message&, const speaker& by,
                 turn_context&) const {
  in_memory_.wishes->relayed.remove(by.connection, m.type);
}

void room::apply(const close_message&, const client_message&, const speaker& by, turn_context& r) {
  r.only_memory = true;
  r.out(sockets::close{by.connection});
}

void room::apply(const other_message&, const client_message&, const speaker&, turn_context&) {}

void room::send_current_values(const sockets::topic& what, connection_id to, turn_context& r) {
  const auto wanted = [&](const std::string& id) { return !what.id || *what.id == id; };
  const bool ephemeral = what.event == "ephemeralPoll";
  if (ephemeral || what.event == "poll") {
    const auto& polls = ephemeral ? in_memory_.wishes->ephemeral.tallies() : polls_;
    for (const auto& each : polls.all()) {
      if (!wanted(each.first)) continue;
      r.out(sockets::send{to, told_.of(state_name(what.event, each.first), [&] {
                            return encode_poll(ephemeral, proto::quote(each.first), each.second);
                          })});
    }
  } else if (what.event == "counter") {
    for (const auto& each : counters_.all()) {
      if (!wanted(each.first)) continue;
      r.out(sockets::send{to, told_.of(state_name(what.event, each.first), [&] {
                            return encode_counter(proto::quote(each.first), each.second.text());
                          })});
    }
  }
}

/// Bytes that the message makes the room write, or send to each recipient, beyond the message
/// itself.
std::size_t room::further_bytes(const client_message& whole, const speaker& by, turn_context& r) {
  const auto& wishes = *in_memory_.wishes;
  std::size_t bytes = 0;
  if (std::holds_alternative<chat_message>(whole.body)) {
    bytes += session_of(by, r).public_properties.size();
  }
  if (const auto* vote = std::get_if<vote_message>(&whole.body)) {
    const auto& polls = vote->ephemeral ? wishes.ephemeral.tallies() : polls_;
    bytes += polls.bytes_of(vote->poll.name);
  }
  const bool takes_row_along = wishes.relayed.any_for(whole.type) ||
                               std::holds_alternative<profile_message>(whole.body) ||
                               std::holds_alternative<subscribe_message>(whole.body) ||
                               std::holds_alternative<unsubscribe_message>(whole.body);
  if (takes_row_along) {
    const auto& who = session_of(by, r);
    bytes += who.properties.size() + who.channels_json.size();
  }
  return bytes;
}

bool room::may_cause_more(const client_message& whole, const speaker& by, turn_context& r) {
  if (by.role == proto::role::admin) return true;
  const auto bytes = further_bytes(whole, by, r);
  if (bytes <= free_further_bytes) return true;
  if (rules_->rates->take_further_bytes(by.connection, by.facts.network, bytes, r.now.server_ms))
    return true;
  r.only_memory = true;
  r.refuse(by.connection,
           {error_code::rate_limited,
            "Because of such a message " + std::to_string(bytes) +
                " bytes of your properties and channels, or of the poll's answers, are written or "
                "sent: that is too much at once. Try again in a moment."});
  return false;
}

void room::relay_to_admins(const client_message& whole, const speaker& by, turn_context& r) {
  if (whole.type == "authenticate") return;  // it holds a key
  auto admins = in_memory_.wishes->relayed.admins_for(whole.type);
  if (admins.empty()) return;
  const auto& who = session_of(by, r);
  const auto properties = who.shown_properties();
  const profile_view sender{who.suffix, by.facts.session, properties, by.facts.details_json,
                            by.role};
  const auto text = encode_relay(whole.type, whole.data, sender);
  r.out(sockets::send_to_role{std::move(admins), proto::role::admin, proto::frame(text)});
}

bool room::fits(std::int64_t more_bytes, const speaker& by, turn_context& r) const {
  const auto bytes_max = rules_->bounds.room_bytes;
  if (size_.fits(more_bytes, bytes_max)) return true;
  r.refuse(by.connection, {error_code::limit, "This room has stored as much as it may: " +
                                                  std::to_string(bytes_max) + " bytes."});
  return false;
}

bool room::session_fits(std::int64_t more_bytes, const speaker& by, turn_context& r) const {
  const auto bytes_max = (rules_->bounds.room_bytes + 1) / 2;
  if (size_.fits(more_bytes, bytes_max)) return true;
  r.refuse(by.connection,
           {error_code::limit, "This room has stored so much that sessions may keep no more: " +
                                   std::to_string(bytes_max) +
                                   " bytes, the other half is for votes and counters."});
  return false;
}

/// Marks that the session has data to keep.
void room::keep(const speaker& by, turn_context& r) {
  auto& who = session_of(by, r);
  if (std::exchange(who.kept, true)) return;
  session_book::write(by.facts.session, who, r.wanted.writes, size_);
}

proto::role room::role_of(const client_message_received& what) const {
  return new_admins_.contains(what.connection) ? proto::role::admin : what.role;
}

}  // namespace innkeeper::room
