#include "actors/room/server_message.hpp"

#include <cstdlib>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "proto/json_text.hpp"

namespace innkeeper::room {
namespace {

/// Keeps keys in insertion order. Only for values that the server makes: it would turn long numbers
/// into doubles, so client JSON is passed as text.
using document = nlohmann::ordered_json;

/// Replaces invalid UTF-8 by U+FFFD: an exception would end the server.
std::string text_of(const document& values) {
  return values.dump(-1, ' ', false, document::error_handler_t::replace);
}

/// Joins parts with one allocation. For client texts, and for votes, the most frequent messages.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto& part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  for (const auto& part : parts) text.append(part);
  return text;
}

/// {"type":<type>,"data":<data>}
std::string enveloped(std::string_view type, std::string_view data_json) {
  return joined({"{\"type\":", proto::quote(type), ",\"data\":", data_json, "}"});
}

std::string encode_tallies(const tallies& stats) {
  std::string text = "{";
  for (const auto& [answer, votes] : stats) {
    if (text.size() > 1) text += ',';
    text += proto::quote(answer) + ":" + std::to_string(votes);
  }
  return text + '}';
}

std::string encode_profile_data(const profile_view& profile) {
  std::string text = "{\"suffix\":" + std::to_string(profile.suffix);
  text.append(",\"properties\":").append(profile.properties_json);
  text.append(",\"id\":").append(proto::quote(profile.session));
  text.append(",\"connectionDetails\":").append(profile.connection_details_json);
  text.append(",\"role\":").append(profile.as == proto::role::admin ? "\"admin\"" : "\"user\"");
  return text + '}';
}

std::string data_field(const std::optional<std::string>& data_json) {
  return data_json ? ",\"data\":" + *data_json : std::string();
}

}  // namespace

std::string encode_config(std::string_view text) {
  return text_of({{"type", "config"}, {"data", text}});
}

std::string encode_profile(const profile_view& profile) {
  return enveloped("profile", encode_profile_data(profile));
}

std::string encode_chat(const std::optional<std::string>& message_json, std::int64_t suffix,
                        std::string_view public_properties_json) {
  const std::string_view message = message_json ? std::string_view(*message_json) : "";
  return joined({R"({"type":"chat","data":{)", message_json ? R"("message":)" : "", message,
                 message_json ? "," : "", R"("user":{"suffix":)", std::to_string(suffix),
                 R"(,"properties":)", public_properties_json, "}}}"});
}

std::string encode_poll(bool ephemeral, std::string_view id_json, const tallies& stats) {
  std::string data("{\"id\":");
  data.append(id_json).append(",\"stats\":").append(encode_tallies(stats)).append("}");
  return enveloped(ephemeral ? "ephemeralPoll" : "poll", data);
}

std::string encode_counter(std::string_view id_json, std::string_view value_json) {
  return joined({R"({"type":"counter","data":{"id":)", id_json, R"(,"value":)", value_json, "}}"});
}

std::string encode_broadcast(std::string_view type, const std::optional<std::string>& data_json) {
  return "{\"type\":" + proto::quote(type) + data_field(data_json) + "}";
}

std::string encode_relay(std::string_view type, const std::optional<std::string>& data_json,
                         const profile_view& sender) {
  const auto data = "{\"type\":" + proto::quote(type) + data_field(data_json) +
                    ",\"user\":" + encode_profile_data(sender) + "}";
  return enveloped("relay:" + std::string(type), data);
}

std::string encode_ping(std::int64_t now_ms) {
  return text_of({{"type", "ping"}, {"data", now_ms}});
}

std::string encode_details(const room_details& details) {
  return text_of({{"id", details.object_id},
                  {"name", details.name},
                  {"count", details.count},
                  {"uniqueCount", details.unique_count},
                  {"increment", details.increment},
                  {"incrementSinceRestart", details.increment_since_restart},
                  {"pollCount", details.poll_count},
                  {"config", details.config},
                  {"ephemeralPollCount", details.ephemeral_poll_count},
                  {"bootupTime", details.bootup_time_ms},
                  {"uptime", details.uptime_ms}});
}

std::string encode_users(std::int64_t now_ms, const std::vector<user_line>& users) {
  std::string list;
  for (const auto& user : users) {
    if (!list.empty()) list += ',';
    list += "{\"suffix\":" + std::to_string(user.suffix);
    list.append(",\"properties\":").append(user.public_properties_json);
    list += ",\"lastCommunication\":" + std::to_string(user.last_communication_ms) + "}";
  }
  return "{\"ts\":" + std::to_string(now_ms) + ",\"users\":[" + list + "]}";
}

std::string properties_with_subscriptions(std::string_view properties_json,
                                          const std::optional<std::string>& subscriptions_json) {
  std::string text(properties_json);
  if (!subscriptions_json) return text;
  text.pop_back();
  if (text.size() > 1) text += ',';
  return text.append("\"subscriptions\":").append(*subscriptions_json).append("}");
}

}  // namespace innkeeper::room
