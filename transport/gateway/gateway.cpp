#include "transport/gateway/gateway.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <utility>

#include "memory/prefetch.hpp"
#include "proto/close_codes.hpp"
#include "proto/limits.hpp"
#include "proto/server_message.hpp"

namespace innkeeper::transport {
namespace {

/// Pings that would be due within a tick are due together: one wake-up, one look at the clock.
constexpr std::chrono::milliseconds ping_tick{250};
/// So many connections of a round have their turn in one of the loop's: what they have gone through
/// is to be in the cache still when their pings are sent.
constexpr std::size_t pings_per_turn_max = 256;

/// How long clients get to answer the close frame when the process stops.
constexpr std::chrono::seconds room_farewell_max{2};

const proto::frame& room_limited_frame() {
  static const proto::frame frame(
      proto::encode_error({proto::error_code::rate_limited,
                           "This room gets too many messages at the moment: try again later."}));
  return frame;
}

constexpr std::int64_t share_window_ms = 1000;

/// Of what a room may hear, an address's part where it is more than there is place for.
std::size_t quarter(std::size_t of) {
  return (of + 3) / 4;
}

/// For a network in a room.
std::uint64_t share_key(const room_connections& in, std::uint64_t network) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;  // spreads addresses over all bits
  return network * odd ^ std::hash<const room_connections*>()(&in);
}

}  // namespace

bool client_said::asks_to_close() const {
  const auto* parsed = std::get_if<proto::client_message>(&message);
  return parsed != nullptr && std::holds_alternative<proto::close_message>(parsed->body);
}

gateway::gateway(caf::actor_config& config, gateway_options options)
    : home_actor(config, options.home),
      options_(std::move(options)),
      shares_(quarter(options_.limits.room_messages_per_second), share_window_ms,
              quarter(options_.limits.room_messages_burst)) {}

caf::behavior gateway::make_behavior() {
  return {
      [this](const durable::batch_ready&) { perform_all(outputs_->take()); },
      [this](const durable::back_pressure_change& news) { perform(news); },
      [this](client_arrived& who) { arrived(who); },
      [this](const client_left& who) { left(who.id); },
      [this](const details_wanted& wanted) { ask_details(wanted); },
      [this](const users_wanted& wanted) { ask_users(wanted); },
      [this](const session_wanted& wanted) { ask_session(wanted); },
      [this](const ping_due&) { ping_due_connections(); },
      [this](use_directory& told) {
        directory_ = std::move(told.directory);
        route_ = std::move(told.route);
        outputs_ = std::move(told.outputs);
      },
      [this](shut_down& asked) { begin_shut_down(asked); },
      [this](const durable::drained&) { close_everything(); },
      [this](const shut_down_overdue&) {
        if (on_shut_down_) std::exchange(on_shut_down_, nullptr)();
      },
  };
}

void gateway::on_exit() {
  directory_ = nullptr;  // it holds this actor too
  route_ = nullptr;
  if (outputs_) outputs_->close();
  stopping_ = true;
  batch_ = {};
  places_.clear();
  rooms_.clear();
  requests_.clear();
}

template <class Message>
void gateway::tell_room(room_connections& in, Message&& message, durable::prefetch_hints* through) {
  if (stopping_) return;
  durable::object_message wrapped(std::in_place_type<room::room_message>,
                                  std::forward<Message>(message));
  route_(in.route_to_room(), wrapped, through);
}

// ---- from clients

void gateway::arrived(client_arrived& who) {
  if (stopping_) return who.client->refuse(503, "The server is stopping. Try again in a moment.");
  auto& room = room_named(who.room);
  const auto sockets_max = options_.limits.room_sockets;
  if (sockets_max > 0 && room.size() >= sockets_max) {
    report(health::reason::room_sockets, "the room '" + who.room + "' has as many as it may");
    return who.client->refuse(503, "This room is full: it has " + std::to_string(sockets_max) +
                                       " sockets. Try again later.");
  }
  auto& added = room.add(who.id, std::move(who.client), who.facts, steady_now_ms());
  places_[who.id] = {&room, &added};
  options_.watched.socket_opened();
  tell_room(room, room::join{who.id, who.facts});
}

void gateway::hear(const caf::actor& gateway_actor, client_said&& what,
                   durable::prefetch_hints& through) {
  auto& there = durable::behind<gateway>(gateway_actor);
  there.called();
  there.heard(std::move(what), through);
}

void gateway::heard(client_said&& what, durable::prefetch_hints& through) {
  options_.watched.message_received();
  const auto found = places_.find(what.id);
  if (stopping_ || found == places_.end()) return;
  auto& room = *found->second.in;
  auto& who = *found->second.who;
  through.at_sink = {&*found, &room, &who};
  who.last_communication_ms = steady_now_ms();
  if (!what.asks_to_close() && !may_speak(room, who)) {
    report(health::reason::room_messages, "the room '" + room.address()->name + "' is too loud");
    if (auto* health = options_.watched.health()) {
      health->count_error(proto::code_word(proto::error_code::rate_limited));
    }
    return who.client->deliver(room_limited_frame());
  }
  if (auto* error = std::get_if<proto::protocol_error>(&what.message)) {
    tell_room(room, room::said_nonsense{what.id, std::move(*error)}, &through);
  } else {
    tell_room(room,
              room::said{what.id, who.facts, who.role,
                         std::get<proto::client_message>(std::move(what.message))},
              &through);
  }
}

void gateway::hear_sign_of_life(const caf::actor& gateway_actor, room::connection_id from) {
  auto& there = durable::behind<gateway>(gateway_actor);
  const auto found = there.places_.find(from);
  if (found == there.places_.end()) return;
  found->second.who->last_communication_ms = there.steady_now_ms();
}

void gateway::turn_ended() {
  hand_out();
  count_frames();
}

/// Admins have to be able to act in any crowd. Once half of what a room may hear is used up, an
/// address has at most a quarter of the whole: the rest is for others.
bool gateway::may_speak(room_connections& in, const connection& who) {
  if (who.role == proto::role::admin) return true;
  const pace of_room{options_.limits.room_messages_per_second, options_.limits.room_messages_burst};
  const auto network = who.facts->network;
  const auto now = options_.now();
  if (network != 0 && in.rate().is_half_empty(now, of_room)) {
    if (!shares_.take(share_key(in, network), steady_ms(now))) return false;
  }
  return in.rate().take(now, 1, of_room);
}

void gateway::report(health::reason what, const std::string& detail) {
  if (auto* health = options_.watched.health()) health->report(what, detail);
}

void gateway::left(room::connection_id id) {
  hand_out();
  const auto found = places_.find(id);
  if (found == places_.end()) return;
  auto& room = *found->second.in;
  forget(room, id);
  drop_if_empty(room.address()->name);
}

void gateway::ask_details(const details_wanted& wanted) {
  if (stopping_) return wanted.answer(std::nullopt);
  auto& room = room_named(wanted.room);
  tell_room(room, room::details_asked{remember(wanted.room, wanted.answer)});
}

void gateway::ask_users(const users_wanted& wanted) {
  if (stopping_) return wanted.answer(std::nullopt);
  auto& room = room_named(wanted.room);
  room::users_asked question{remember(wanted.room, wanted.answer), {}};
  const auto since_steady = now_ms() - steady_now_ms();
  room.for_each_admitted([&](const connection& who) {
    question.connections.push_back({who.facts->session, since_steady + who.last_communication_ms});
  });
  tell_room(room, std::move(question));
}

void gateway::ask_session(const session_wanted& wanted) {
  if (stopping_) return wanted.answer(std::nullopt);
  auto& room = room_named(wanted.room);
  tell_room(room, room::session_asked{remember(wanted.room, wanted.answer), wanted.session});
}

// ---- from rooms

/// An address leads to its room's connections, and those to the first of them.
void gateway::perform_all(std::vector<durable::object_outputs> said_by_rooms) {
  constexpr auto step = memory::prefetch_distance;
  const auto room_of = [&](std::size_t i) {
    const bool is_there = i < said_by_rooms.size();
    return static_cast<room_connections*>(is_there ? said_by_rooms[i].from->at_sink.place
                                                   : nullptr);
  };
  for (std::size_t i = 0; i < said_by_rooms.size(); ++i) {
    if (i + 3 * step < said_by_rooms.size()) {
      memory::prefetch(said_by_rooms[i + 3 * step].from.get());
    }
    memory::prefetch(room_of(i + 2 * step));
    if (const auto* room = room_of(i + step)) room->prefetch();
    perform(said_by_rooms[i]);
  }
}

void gateway::perform(durable::object_outputs& said_by_room) {
  const auto& from = *said_by_room.from;
  if (from.at_sink.place == nullptr) room_named(from.name).be_known_by(said_by_room.from);
  auto& room = *static_cast<room_connections*>(from.at_sink.place);
  for (auto& output : said_by_room.outputs) {
    auto& what = std::any_cast<room::room_output&>(output);
    if (!std::holds_alternative<room::publish>(what)) hand_out();
    std::visit([&](auto& each) { perform(room, each); }, what);
  }
  if (room.empty()) drop_if_empty(from.name);
}

void gateway::perform(const durable::back_pressure_change& news) {
  auto& room = room_named(news.of->name);
  const int before = room.congested() ? 1 : 0;
  room.set_congested(news.where, news.congested);
  options_.watched.congested_changed((room.congested() ? 1 : 0) - before);
  drop_if_empty(news.of->name);
}

void gateway::perform(room_connections& in, room::admitted& output) {
  auto* who = in.find(output.connection);
  if (who == nullptr) return;
  in.admit(*who, output.subscriptions);
  who->client->accept();
  for (const auto& frame : output.first_frames) deliver(*who, frame);
  schedule_ping(output.connection);
}

void gateway::perform(room_connections& in, room::refused& output) {
  auto* who = in.find(output.connection);
  if (who == nullptr) return;
  who->client->refuse(output.status, output.sentence);
  forget(in, output.connection);
}

void gateway::perform(room_connections& in, room::send_to& output) {
  if (auto* who = in.find(output.connection)) deliver(*who, output.frame);
}

void gateway::perform(room_connections& in, room::send_to_admins& output) {
  for (const auto id : output.connections) {
    auto* who = in.find(id);
    if (who != nullptr && who->role == proto::role::admin) deliver(*who, output.frame);
  }
}

void gateway::perform(room_connections& in, room::send_to_all& output) {
  in.for_each_admitted([&](connection& who) { deliver(who, output.frame); });
}

void gateway::perform(room_connections& in, room::publish& output) {
  if (batch_.add(in, output.to, output.frame)) return;
  hand_out();
  if (batch_.add(in, output.to, output.frame)) return;
  in.for_each_subscriber(output.to, [&](connection& who) { deliver(who, output.frame); });
}

void gateway::perform(room_connections& in, room::subscribed& output) {
  in.subscribe(output.session, output.what);
}

void gateway::perform(room_connections& in, room::unsubscribed& output) {
  in.unsubscribe(output.session, output.what);
}

void gateway::perform(room_connections& in, room::role_changed& output) {
  auto* who = in.find(output.connection);
  if (who == nullptr) return;
  who->role = output.role;
  who->client->role_changed(output.role);
}

void gateway::perform(room_connections& in, room::close_connection& output) {
  if (auto* who = in.find(output.connection)) {
    hang_up(in, *who, output.code, std::string(output.reason));
  }
}

void gateway::perform(room_connections& in, room::close_all&) {
  for (const auto id : in.ids()) {
    auto& who = *in.find(id);
    if (who.admitted) {
      hang_up(in, who, proto::close_code::internal_error, "The room has to restart.");
    } else {
      who.client->refuse(503, "The room's rows cannot be read or stored now.");
      forget(in, id);
    }
  }
  std::vector<room::request_id> unanswered;
  for (const auto& [request, waiting] : requests_) {
    if (waiting.room == in.address()->name) unanswered.push_back(request);
  }
  for (const auto request : unanswered) answer(request, std::nullopt);
}

void gateway::perform(room_connections& in, room::details_answer& output) {
  auto details = *output.details;
  details.count = static_cast<std::int64_t>(in.admitted_count());
  details.unique_count = static_cast<std::int64_t>(in.session_count());
  answer(output.request, proto::encode_details(details));
}

void gateway::perform(room_connections&, room::users_answer& output) {
  answer(output.request, std::move(output.json));
}

void gateway::perform(room_connections&, room::no_answer& output) {
  answer(output.request, std::nullopt);
}

// ---- helpers

void gateway::deliver(connection& to, const proto::frame& frame, std::size_t count) {
  if (!to.admitted) return;
  to.client->deliver(frame);
  to.last_communication_ms = steady_now_ms();
  frames_sent_ += count;
}

void gateway::hand_out() {
  if (batch_.empty()) return;
  const auto count = batch_.size();
  const auto whole = batch_.take();
  batch_.room().for_each_subscriber(batch_.to(),
                                    [&](connection& who) { deliver(who, whole, count); });
}

void gateway::count_frames() {
  if (frames_sent_ > 0) options_.watched.frames_sent(std::exchange(frames_sent_, 0));
}

void gateway::hang_up(room_connections& in, connection& who, std::uint16_t code,
                      const std::string& reason) {
  who.client->close(code, reason);
  forget(in, who.id);
}

void gateway::forget(room_connections& in, room::connection_id id) {
  const auto facts = in.find(id)->facts;
  const bool last = in.remove(id);
  places_.erase(id);
  options_.watched.socket_closed();
  tell_room(in, room::leave{id, facts, last});
  end_shut_down_if_done();
}

room_connections& gateway::room_named(const std::string& name) {
  const auto found = rooms_.find(name);
  if (found != rooms_.end()) return found->in;
  const auto address = std::make_shared<const durable::object_address>(
      durable::object_address{&options_.rooms, name});
  return rooms_.emplace(address).first->in;
}

void gateway::drop_if_empty(const std::string& name) {
  const auto found = rooms_.find(name);
  if (found == rooms_.end() || !found->in.empty()) return;
  if (found->in.congested()) return;  // whoever comes next has to know
  hand_out();
  rooms_.erase(found);
}

room::request_id gateway::remember(const std::string& room, json_callback answer) {
  requests_[++last_request_] = {room, std::move(answer)};
  return last_request_;
}

void gateway::answer(room::request_id request, std::optional<std::string> json) {
  const auto found = requests_.find(request);
  if (found == requests_.end()) return;
  found->second.answer(std::move(json));
  requests_.erase(found);
}

// ---- pings

void gateway::schedule_ping(room::connection_id id) {
  const auto due = clock().now() + std::chrono::milliseconds(proto::ping_interval_ms);
  const auto tick = due - due.time_since_epoch() % ping_tick + ping_tick;
  if (pings_.empty() || pings_.back().due != tick) pings_.push_back({tick, {}});
  pings_.back().whom.push_back(id);
  arm_ping_timer();
}

/// The timer is armed for the rest of a round only behind this part of it: the clock may belong to
/// another loop, which would have it go on in this very turn.
void gateway::ping_due_connections() {
  const proto::frame ping(proto::encode_ping(now_ms()));
  visit_crowd(take_due_pings(), [&](const place& each) {
    deliver(*each.who, ping);
    report_if_due(*each.in, *each.who);
    schedule_ping(each.who->id);
  });
  ping_timer_armed_ = false;
  arm_ping_timer();
}

/// Where those are whose turn it is, if they are still there. It holds until they have been pinged:
/// who is given up, and whom a room closes, is told of by a message.
std::vector<gateway::place> gateway::take_due_pings() {
  const auto now = clock().now();
  std::vector<place> there;
  there.reserve(pings_per_turn_max);
  for (std::size_t taken = 0; taken < pings_per_turn_max; ++taken) {
    if (pings_.empty() || pings_.front().due > now) break;
    auto& round = pings_.front();
    const auto found = places_.find(round.whom[round.taken++]);
    if (found != places_.end()) there.push_back(found->second);
    if (round.taken == round.whom.size()) pings_.pop_front();
  }
  return there;
}

void gateway::report_if_due(room_connections& in, connection& who) {
  const auto now = steady_now_ms();
  if (now - who.reported_ms < options_.report_interval_ms) return;
  who.reported_ms = now;
  tell_room(in, room::still_here{who.facts});
}

void gateway::arm_ping_timer() {
  if (ping_timer_armed_ || pings_.empty()) return;
  ping_timer_armed_ = true;
  delayed_send(this, pings_.front().due - clock().now(), ping_due{});
}

// ---- the end

void gateway::begin_shut_down(shut_down& asked) {
  stopping_ = true;
  on_shut_down_ = std::move(asked.done);
  send(directory_, durable::drain{caf::actor_cast<caf::actor>(this)});
}

void gateway::close_everything() {
  hand_out();
  drained_ = true;
  for (const auto& room : rooms_) {
    room.in.for_each_admitted([](connection& who) {
      who.client->close(proto::close_code::going_away, "The server is stopping.");
    });
  }
  delayed_send(this, room_farewell_max, shut_down_overdue{});
  end_shut_down_if_done();
}

void gateway::end_shut_down_if_done() {
  if (drained_ && places_.empty() && on_shut_down_) std::exchange(on_shut_down_, nullptr)();
}

}  // namespace innkeeper::transport
