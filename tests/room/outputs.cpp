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

std::string channel_text(const proto::channel& what) {
  return what.id ? what.event + ":" + *what.id : what.event;
}

struct line_for {
  std::string operator()(const room::admitted& o) const {
    return admitted(o.connection, o.subscriptions.to_json(), o.first_frames.at(0).payload(),
                    o.first_frames.at(1).payload());
  }
  std::string operator()(const room::refused& o) const {
    return "refused " + std::to_string(o.connection) + " " + std::to_string(o.status);
  }
  std::string operator()(const room::send_to& o) const {
    return to_one(o.connection, o.frame.payload());
  }
  std::string operator()(const room::send_to_admins& o) const {
    return to_each(o.connections, o.frame.payload());
  }
  std::string operator()(const room::send_to_all& o) const { return to_all(o.frame.payload()); }
  std::string operator()(const room::publish& o) const {
    return published(channel_text(o.to), o.frame.payload());
  }
  std::string operator()(const room::subscribed& o) const {
    return subscribed(o.session, channel_text(o.what));
  }
  std::string operator()(const room::unsubscribed& o) const {
    return unsubscribed(o.session, channel_text(o.what));
  }
  std::string operator()(const room::role_changed& o) const {
    return o.role == proto::role::admin ? made_admin(o.connection) : "no admin any more";
  }
  std::string operator()(const room::close_connection& o) const { return closed(o.connection); }
  std::string operator()(const room::close_all&) const { return "close all"; }
  std::string operator()(const room::details_answer& o) const {
    return "details " + std::to_string(o.request);
  }
  std::string operator()(const room::users_answer& o) const {
    return "users " + std::to_string(o.request) + " " + json::parse(o.json).dump();
  }
  std::string operator()(const room::no_answer& o) const {
    return "no answer " + std::to_string(o.request);
  }
};

}  // namespace

lines shown(const std::vector<durable::object_output>& outputs) {
  lines all;
  for (const auto& output : outputs) {
    all.push_back(std::visit(line_for{}, std::any_cast<const room::room_output&>(output)));
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
