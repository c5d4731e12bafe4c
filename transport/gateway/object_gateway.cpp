#include "transport/gateway/object_gateway.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "proto/close_codes.hpp"

namespace innkeeper::transport {
namespace {

constexpr unsigned service_unavailable = 503;
/// How long clients get to answer the close frame when the process stops.
constexpr std::chrono::seconds objects_farewell_max{2};

template <class Output>
proto::frame frame_of(const Output& output) {
  return output.binary ? proto::frame::binary(output.payload) : proto::frame(output.payload);
}

/// What a close frame has room for, cut between characters.
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

object_gateway::object_gateway(caf::actor_config& config, caf::execution_unit* home,
                               metrics& watched)
    : home_actor(config, home), watched_(watched) {}

caf::behavior object_gateway::make_behavior() {
  return {
      [this](const durable::batch_ready&) {
        for (auto& each : outputs_->take()) perform(each);
      },
      [this](const durable::back_pressure_change& news) { perform(news); },
      [this](object_client_arrived& who) { arrived(who); },
      [this](const client_left& who) { forget(who.id); },
      [this](gateway::use_directory& told) {
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

void object_gateway::on_exit() {
  directory_ = nullptr;  // it holds this actor too
  route_ = nullptr;
  if (outputs_) outputs_->close();
  stopping_ = true;
  object_of_.clear();
  objects_.clear();
}

void object_gateway::arrived(object_client_arrived& who) {
  if (stopping_) {
    return who.client->refuse(service_unavailable,
                              "The server is stopping. Try again in a moment.");
  }
  auto& object = connections_of(who.object);
  if (!object.congested_at.empty()) who.client->pause_reading();
  object.members[who.opened.connection].client = std::move(who.client);
  object_of_[who.opened.connection] = &object;
  watched_.socket_opened();
  tell(object.route_there, std::move(who.opened));
}

void object_gateway::hear(const caf::actor& gateway_actor, sockets::socket_said what) {
  auto& there = durable::behind<object_gateway>(gateway_actor);
  there.called();
  there.heard(std::move(what));
}

void object_gateway::heard(sockets::socket_said what) {
  watched_.message_received();
  const auto found = object_of_.find(what.connection);
  if (found != object_of_.end()) tell(found->second->route_there, std::move(what));
}

void object_gateway::perform(durable::object_outputs& said_by_object) {
  for (const auto& output : said_by_object.outputs) {
    // Looked up for each: with its last connection an object is forgotten.
    const auto found = objects_.find(*said_by_object.from);
    if (found == objects_.end()) return;
    std::visit([&](const auto& each) { perform(found->second, each); },
               std::any_cast<const sockets::socket_output&>(output));
  }
}

void object_gateway::perform(const durable::back_pressure_change& news) {
  auto& object = connections_of(news.of);
  const bool before = !object.congested_at.empty();
  if (news.congested) {
    object.congested_at.insert(news.where);
  } else {
    object.congested_at.erase(news.where);
  }
  const bool now = !object.congested_at.empty();
  if (now != before) {
    watched_.congested_changed(now ? 1 : -1);
    for (auto& [id, who] : object.members) {
      now ? who.client->pause_reading() : who.client->resume_reading();
    }
  }
  drop_if_empty(news.of);
}

void object_gateway::perform(object_connections& in, const sockets::accept& output) {
  const auto found = in.members.find(output.connection);
  if (found == in.members.end() || std::exchange(found->second.accepted, true)) return;
  found->second.client->accept();
}

void object_gateway::perform(object_connections& in, const sockets::refuse& output) {
  const auto found = in.members.find(output.connection);
  if (found == in.members.end() || found->second.accepted) return;
  found->second.client->refuse(output.status, output.sentence);
  forget(output.connection);
}

void object_gateway::perform(object_connections& in, const sockets::send& output) {
  const auto found = in.members.find(output.connection);
  if (found != in.members.end()) deliver(found->second, frame_of(output));
}

void object_gateway::perform(object_connections& in, const sockets::send_to_all& output) {
  const auto frame = frame_of(output);
  for (auto& [id, who] : in.members) deliver(who, frame);
}

void object_gateway::perform(object_connections& in, const sockets::close& output) {
  hang_up(in, output.connection, output.code, output.reason);
}

void object_gateway::perform(object_connections& in, const sockets::close_all& output) {
  std::vector<sockets::connection_id> all;
  for (const auto& [id, who] : in.members) all.push_back(id);
  for (const auto id : all) hang_up(in, id, output.code, output.reason);
}

object_gateway::object_connections& object_gateway::connections_of(
    const durable::address_ptr& object) {
  auto& found = objects_[*object];
  if (!found.route_there.to) found.route_there.to = object;
  return found;
}

/// A congested object is kept: whoever comes next has to know.
void object_gateway::drop_if_empty(const durable::address_ptr& object) {
  const auto found = objects_.find(*object);
  if (found == objects_.end()) return;
  const auto& [address, connections] = *found;
  if (connections.members.empty() && connections.congested_at.empty()) objects_.erase(found);
}

void object_gateway::deliver(member& to, const proto::frame& frame) {
  if (!to.accepted) return;
  to.client->deliver(frame);
  watched_.frames_sent(1);
}

void object_gateway::hang_up(object_connections& in, sockets::connection_id id, std::uint16_t code,
                             const std::string& reason) {
  const auto found = in.members.find(id);
  if (found == in.members.end()) return;
  if (found->second.accepted) {
    found->second.client->close(code, fitting(reason));
  } else {
    found->second.client->refuse(service_unavailable, reason);
  }
  forget(id);
}

void object_gateway::tell(durable::cached_route& object, sockets::socket_message message) {
  if (stopping_) return;
  durable::object_message wrapped(std::move(message));
  route_(object, wrapped, nullptr);
}

void object_gateway::forget(sockets::connection_id id) {
  const auto found = object_of_.find(id);
  if (found == object_of_.end()) return;
  auto& object = *found->second;
  auto route_there = object.route_there;
  object_of_.erase(found);
  object.members.erase(id);
  drop_if_empty(route_there.to);
  watched_.socket_closed();
  tell(route_there, sockets::socket_closed{id});
  end_shut_down_if_done();
}

void object_gateway::begin_shut_down(shut_down& asked) {
  stopping_ = true;
  on_shut_down_ = std::move(asked.done);
  send(directory_, durable::drain{caf::actor_cast<caf::actor>(this)});
}

void object_gateway::close_everything() {
  drained_ = true;
  for (auto& [address, object] : objects_) {
    for (auto& [id, who] : object.members) {
      if (who.accepted) who.client->close(proto::close_code::going_away, "The server is stopping.");
    }
  }
  delayed_send(this, objects_farewell_max, shut_down_overdue{});
  end_shut_down_if_done();
}

void object_gateway::end_shut_down_if_done() {
  if (drained_ && object_of_.empty() && on_shut_down_) std::exchange(on_shut_down_, nullptr)();
}

}  // namespace innkeeper::transport
