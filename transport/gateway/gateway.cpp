#include "transport/gateway/gateway.hpp"

#include <utility>

#include "proto/close_codes.hpp"
#include "proto/limits.hpp"

namespace innkeeper::transport {
namespace {

constexpr unsigned int service_unavailable = 503;
/// A second, as the rates themselves.
constexpr std::int64_t share_window_ms = 1000;

/// Of what an object may hear, an address's part where it is more than there is place for.
std::size_t quarter(std::size_t of) {
  return (of + 3) / 4;
}

/// For a network at an object.
std::uint64_t share_key(const object_connections& in, std::uint64_t network) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;  // spreads addresses over all bits
  return network * odd ^ std::hash<const object_connections*>()(&in);
}

std::string in_words(const object_connections& of) {
  return "the " + std::string(of.kind().noun()) + " '" + of.address()->name + "'";
}

}  // namespace

gateway::gateway(gateway_host& host, gateway_options options)
    : host_(host),
      options_(std::move(options)),
      shares_(quarter(options_.limits.room_messages_per_second), share_window_ms,
              quarter(options_.limits.room_messages_burst)) {}

void gateway::timer_rang(gateway_timer which) {
  switch (which) {
    case gateway_timer::pings:
      return ping_due_connections();
    case gateway_timer::answers:
      return give_up_overdue_requests();
    case gateway_timer::goodbye:
      if (on_shut_down_) std::exchange(on_shut_down_, nullptr)();
  }
}

void gateway::end() {
  stopping_ = true;
  batch_ = {};
  places_.clear();
  objects_.clear();
  requests_ = {};
}

void gateway::tell(object_connections& in, durable::object_message message) {
  if (!stopping_) directory_->call_route(in.route_to_object(), message);
}

void gateway::tell_event(object_connections& in, sockets::socket_event what) {
  tell(in, in.kind().wrap(std::move(what)));
}

// ---- from clients

void gateway::arrived(client_arrived& who) {
  if (stopping_) {
    return who.client->refuse(service_unavailable,
                              "The server is stopping. Try again in a moment.");
  }
  auto& object = connections_of(who.object);
  const auto sockets_max = object.kind().is_rate_limited() ? options_.limits.room_sockets : 0;
  if (sockets_max > 0 && object.size() >= sockets_max) {
    report(health::reason::room_sockets, in_words(object) + " has as many as it may");
    return who.client->refuse(service_unavailable,
                              "This " + std::string(object.kind().noun()) + " is full: it has " +
                                  std::to_string(sockets_max) + " sockets. Try again later.");
  }
  auto& added = object.add(who.id, std::move(who.client), who.facts, steady_now_ms());
  places_[who.id] = {&object, &added};
  options_.watched.socket_opened();
  tell_event(object, sockets::connection_opened{who.id, who.facts, std::move(who.asked)});
}

bool gateway::call_received(const spoken& what) {
  const auto found = places_.find(what.from);
  if (stopping_ || found == places_.end()) return true;
  auto& object = *found->second.in;
  auto& who = *found->second.who;
  who.last_communication_ms = steady_now_ms();
  auto read = object.kind().read({who.id, who.facts, who.role, what.payload, what.binary});
  if (!read.message) return true;
  options_.watched.message_received();
  if (!read.asks_to_close && !may_speak(object, who)) {
    refuse_to_hear(object, who);
    return true;
  }
  tell(object, std::move(*read.message));
  return !read.asks_to_close;
}

void gateway::refuse_to_hear(object_connections& in, connection& who) {
  report(health::reason::room_messages, in_words(in) + " is too loud");
  if (const auto frame = in.kind().too_loud()) return who.client->deliver(*frame);
  const auto sentence = "This " + std::string(in.kind().noun()) +
                        " gets too many messages at the moment: try again later.";
  who.client->close(proto::close_code::try_again_later, sentence);
}

void gateway::call_sign_of_life(sockets::connection_id from) {
  const auto found = places_.find(from);
  if (found != places_.end()) found->second.who->last_communication_ms = steady_now_ms();
}

void gateway::turn_ended() {
  hand_out();
  count_frames();
}

/// Admins have to be able to act in any crowd. Once half of what an object may hear is used up, an
/// address has at most a quarter of the whole: the rest is for others.
bool gateway::may_speak(object_connections& in, const connection& who) {
  if (who.role == proto::role::admin || !in.kind().is_rate_limited()) return true;
  const proto::pace of_object{options_.limits.room_messages_per_second,
                              options_.limits.room_messages_burst};
  const auto network = who.facts->network;
  const auto now = options_.now();
  if (network != 0 && in.rate().is_half_empty(now, of_object)) {
    if (!shares_.take(share_key(in, network), steady_ms(now))) return false;
  }
  return in.rate().take(now, 1, of_object);
}

void gateway::report(health::reason what, const std::string& detail) const {
  if (auto* health = options_.watched.health()) health->report(what, detail);
}

void gateway::left(sockets::connection_id id) {
  hand_out();
  const auto found = places_.find(id);
  if (found == places_.end()) return;
  auto& object = *found->second.in;
  const auto address = object.address();
  forget(object, id);
  drop_if_empty(*address);
}

void gateway::asked(request_arrived& request) {
  if (stopping_) return request.answered(nullptr);
  auto& object = connections_of(request.object);
  auto& what = request.what;
  what.id = requests_.add(request.object, std::move(request.answered), host_.now());
  what.members.connections = object.admitted_count();
  what.members.sessions = object.session_count();
  if (object.kind().wants_activity(what)) {
    const auto since_steady = now_ms() - steady_now_ms();
    object.for_each_admitted([&](const connection& who) {
      what.members.activity.push_back(
          {who.facts->session, since_steady + who.last_communication_ms});
    });
  }
  tell_event(object, std::move(what));
  arm_answer_timer();
}

void gateway::arm_answer_timer() {
  const auto due = requests_.next_due();
  if (answer_timer_armed_ || !due) return;
  answer_timer_armed_ = true;
  host_.post_timer(gateway_timer::answers, *due);
}

void gateway::give_up_overdue_requests() {
  answer_timer_armed_ = false;
  requests_.give_up_overdue(host_.now());
  arm_answer_timer();
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
  batch_.object().for_each_subscriber(batch_.to(),
                                      [&](connection& who) { deliver(who, whole, count); });
}

void gateway::count_frames() {
  if (frames_sent_ > 0) options_.watched.frames_sent(std::exchange(frames_sent_, 0));
}

void gateway::forget(object_connections& in, sockets::connection_id id) {
  const auto facts = in.find(id)->facts;
  const bool last = in.remove(id);
  places_.erase(id);
  options_.watched.socket_closed();
  tell_event(in, sockets::connection_closed{id, facts, last});
  end_shut_down_if_done();
}

object_connections& gateway::connections_of(const durable::address_ptr& object) {
  const auto found = objects_.find(*object);
  return found != objects_.end() ? found->in : objects_.emplace(object).first->in;
}

void gateway::drop_if_empty(const durable::object_address& object) {
  const auto found = objects_.find(object);
  if (found == objects_.end() || !found->in.empty()) return;
  if (found->in.congested()) return;  // whoever comes next has to know
  hand_out();
  objects_.erase(found);
}

// ---- pings

void gateway::schedule_ping(object_connections& in, sockets::connection_id id) {
  if (!in.kind().is_pinged()) return;
  pings_.add(id, host_.now());
  arm_ping_timer();
}

/// The timer is armed for the rest of a round only behind this part of it: the clock may belong to
/// another loop, which would have it go on in this very turn.
void gateway::ping_due_connections() {
  const sockets::socket_kind* kind = nullptr;
  proto::frame ping;
  visit_crowd(take_due_pings(), [&](const place& each) {
    if (std::exchange(kind, &each.in->kind()) != &each.in->kind()) ping = kind->ping(now_ms());
    deliver(*each.who, ping);
    report_if_due(*each.in, *each.who);
    schedule_ping(*each.in, each.who->id);
  });
  ping_timer_armed_ = false;
  arm_ping_timer();
}

/// Where those are whose turn it is, if they are still there. It holds until they have been pinged:
/// who is given up, and whom an object closes, is told of by a message.
std::vector<gateway::place> gateway::take_due_pings() {
  std::vector<place> there;
  for (const auto id : pings_.take_due(host_.now())) {
    const auto found = places_.find(id);
    if (found != places_.end()) there.push_back(found->second);
  }
  return there;
}

void gateway::report_if_due(object_connections& in, connection& who) {
  const auto now = steady_now_ms();
  if (now - who.reported_ms < options_.report_interval_ms) return;
  who.reported_ms = now;
  tell_event(in, sockets::keepalive{who.facts});
}

void gateway::arm_ping_timer() {
  const auto due = pings_.next_due();
  if (ping_timer_armed_ || !due) return;
  ping_timer_armed_ = true;
  host_.post_timer(gateway_timer::pings, *due);
}

// ---- the end

void gateway::begin_shut_down(std::function<void()> done) {
  stopping_ = true;
  on_shut_down_ = std::move(done);
  host_.post_drain();
}

void gateway::close_everything() {
  hand_out();
  drained_ = true;
  requests_.give_up_all();
  for (const auto& object : objects_) {
    object.in.for_each_admitted([](connection& who) {
      who.client->close(proto::close_code::going_away, "The server is stopping.");
    });
  }
  host_.post_timer(gateway_timer::goodbye,
                   host_.now() + std::chrono::milliseconds(proto::goodbye_ms_max));
  end_shut_down_if_done();
}

void gateway::end_shut_down_if_done() {
  if (drained_ && places_.empty() && on_shut_down_) std::exchange(on_shut_down_, nullptr)();
}

}  // namespace innkeeper::transport
