#include "tests/room/outputs.hpp"

#include <any>
#include <nlohmann/json.hpp>
#include <variant>

namespace innkeeper::testing {
namespace {

using nlohmann::json;

/// The payload with sorted keys; of an error only the code.
std::string normal(std::string_view payload) {
  auto value = json::parse(payload);
  if (value["type"] == "error") return "error " + value["code"].get<std::string>();
  return value.dump();
}

std::string channel_text(const sockets::topic& what) {
  return what.id ? what.event + ":" + *what.id : what.event;
}

struct line_for {
  std::string operator()(const sockets::accept& o) const {
    return admitted(o.connection, o.topics.to_json(), o.first_frames.at(0).payload(),
                    o.first_frames.at(1).payload());
  }
  std::string operator()(const sockets::refuse& o) const {
    return "refused " + std::to_string(o.connection) + " " + std::to_string(o.status);
  }
  std::string operator()(const sockets::send& o) const {
    return to_one(o.connection, o.frame.payload());
  }
  std::string operator()(const sockets::send_to_role& o) const {
    return to_each(o.connections, o.frame.payload());
  }
  std::string operator()(const sockets::send_to_all& o) const { return to_all(o.frame.payload()); }
  std::string operator()(const sockets::publish& o) const {
    return published(channel_text(o.topic), o.frame.payload());
  }
  std::string operator()(const sockets::subscribe& o) const {
    return subscribed(o.session, channel_text(o.topic));
  }
  std::string operator()(const sockets::unsubscribe& o) const {
    return unsubscribed(o.session, channel_text(o.topic));
  }
  std::string operator()(const sockets::set_role& o) const {
    return o.role == proto::role::admin ? made_admin(o.connection) : "no admin any more";
  }
  std::string operator()(const sockets::close& o) const { return closed(o.connection); }
  std::string operator()(const sockets::close_all&) const { return "close all"; }
  std::string operator()(const sockets::answer& o) const {
    const auto to = std::to_string(o.request);
    if (!o.with) return "no answer " + to;
    if (o.with->type != "application/json") return "answer " + to + " " + o.with->body;
    return "answer " + to + " " + json::parse(o.with->body).dump();
  }
};

}  // namespace

lines shown(const std::vector<durable::object_output>& outputs) {
  lines all;
  for (const auto& output : outputs) {
    all.push_back(std::visit(line_for{}, std::any_cast<const sockets::socket_output&>(output)));
  }
  return all;
}

std::string admitted(room::connection_id who, std::string_view channels, std::string_view config,
                     std::string_view profile) {
  return "admitted " + std::to_string(who) + " " + std::string(channels) + " " + normal(config) +
         " " + normal(profile);
}

std::string to_one(room::connection_id whom, std::string_view payload) {
  return "to " + std::to_string(whom) + " " + normal(payload);
}

std::string to_each(const std::vector<room::connection_id>& whom, std::string_view payload) {
  std::string line = "to each of";
  for (const auto id : whom) line += " " + std::to_string(id);
  return line + " " + normal(payload);
}

std::string to_all(std::string_view payload) {
  return "to all " + normal(payload);
}

std::string published(std::string_view channel, std::string_view payload) {
  return "publish " + std::string(channel) + " " + normal(payload);
}

std::string subscribed(std::string_view session, std::string_view channel) {
  return "subscribed " + std::string(session) + " " + std::string(channel);
}

std::string unsubscribed(std::string_view session, std::string_view channel) {
  return "unsubscribed " + std::string(session) + " " + std::string(channel);
}

std::string made_admin(room::connection_id who) {
  return "admin " + std::to_string(who);
}

std::string closed(room::connection_id who) {
  return "close " + std::to_string(who);
}

std::string error_to(room::connection_id whom, std::string_view code) {
  return "to " + std::to_string(whom) + " error " + std::string(code);
}

}  // namespace innkeeper::testing
