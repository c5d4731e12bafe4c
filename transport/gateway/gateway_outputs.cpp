#include <algorithm>
#include <utility>
#include <variant>

#include "transport/gateway/gateway.hpp"

/// What the gateway makes of each output of an object.
namespace innkeeper::transport {
namespace {

constexpr unsigned int not_now = 503;

/// What a close frame has room for (RFC 6455 section 5.5), cut between characters.
std::string fitting(const std::string& reason) {
  constexpr std::size_t bytes_max = 123;
  auto end = std::min(reason.size(), bytes_max);
  const auto is_inside_character = [&](std::size_t i) {
    return i < reason.size() && (static_cast<unsigned char>(reason[i]) & 0xC0U) == 0x80U;
  };
  while (end > 0 && is_inside_character(end)) --end;
  return reason.substr(0, end);
}

}  // namespace

void gateway::perform_all(std::vector<durable::object_outputs> said_by_objects) {
  for (auto& each : said_by_objects) perform_outputs(each);
}

void gateway::perform_outputs(durable::object_outputs& said_by_object) {
  auto& object = connections_of(said_by_object.from);
  object.be_known_by(said_by_object.from);
  for (auto& output : said_by_object.outputs) {
    auto& what = std::any_cast<sockets::socket_output&>(output);
    if (!std::holds_alternative<sockets::publish>(what)) hand_out();
    std::visit([&](auto& each) { perform(object, each); }, what);
  }
  if (object.empty()) drop_if_empty(*said_by_object.from);
}

void gateway::change_back_pressure(const durable::back_pressure_change& news) {
  auto& object = connections_of(news.of);
  const int before = object.congested() ? 1 : 0;
  object.set_congested(news.where, news.congested);
  options_.watched.congested_changed((object.congested() ? 1 : 0) - before);
  drop_if_empty(*news.of);
}

void gateway::perform(object_connections& in, sockets::accept& output) {
  auto* who = in.find(output.connection);
  if (who == nullptr || who->admitted) return;
  in.admit(*who, output.topics);
  who->client->accept();
  for (const auto& frame : output.first_frames) deliver(*who, frame);
  schedule_ping(in, output.connection);
}

void gateway::perform(object_connections& in, sockets::refuse& output) {
  auto* who = in.find(output.connection);
  if (who == nullptr || who->admitted) return;
  who->client->refuse(output.status, output.sentence);
  forget(in, output.connection);
}

void gateway::perform(object_connections& in, sockets::send& output) {
  if (auto* who = in.find(output.connection)) deliver(*who, output.frame);
}

void gateway::perform(object_connections& in, sockets::send_to_role& output) {
  for (const auto id : output.connections) {
    auto* who = in.find(id);
    if (who != nullptr && who->role == output.role) deliver(*who, output.frame);
  }
}

void gateway::perform(object_connections& in, sockets::send_to_all& output) {
  in.for_each_admitted([&](connection& who) { deliver(who, output.frame); });
}

void gateway::perform(object_connections& in, sockets::publish& output) {
  if (batch_.add(in, output.topic, output.frame)) return;
  hand_out();
  if (batch_.add(in, output.topic, output.frame)) return;
  in.for_each_subscriber(output.topic, [&](connection& who) { deliver(who, output.frame); });
}

void gateway::perform(object_connections& in, sockets::subscribe& output) {
  in.subscribe(output.session, output.topic);
}

void gateway::perform(object_connections& in, sockets::unsubscribe& output) {
  in.unsubscribe(output.session, output.topic);
}

void gateway::perform(object_connections& in, sockets::set_role& output) {
  auto* who = in.find(output.connection);
  if (who == nullptr) return;
  who->role = output.role;
  who->client->role_changed(output.role);
}

void gateway::perform(object_connections& in, sockets::close& output) {
  if (auto* who = in.find(output.connection)) {
    hang_up(in, *who, output.code, output.reason, output.reason);
  }
}

void gateway::perform(object_connections& in, sockets::close_all& output) {
  const auto& refusal = output.refusal.empty() ? output.reason : output.refusal;
  for (const auto id : in.ids()) hang_up(in, *in.find(id), output.code, output.reason, refusal);
  requests_.give_up(*in.address());
}

void gateway::perform(object_connections&, sockets::answer& output) {
  requests_.answer(output.request, std::move(output.with));
}

void gateway::hang_up(object_connections& in, connection& who, std::uint16_t code,
                      const std::string& reason, const std::string& refusal) {
  if (who.admitted) {
    who.client->close(code, fitting(reason));
  } else {
    who.client->refuse(not_now, refusal);
  }
  forget(in, who.id);
}

}  // namespace innkeeper::transport
