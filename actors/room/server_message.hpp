#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/role.hpp"

/// Messages of the server, as JSON text with `type` first. Parameters named `..._json` are valid
/// JSON and are inserted unchanged; other texts are quoted. Pure functions: any thread.
namespace innkeeper::room {

/// Votes by answer, without answers that have no votes.
using tallies = std::map<std::string, std::int64_t, std::less<>>;

/// Describes a session, for `profile` and for relays to admins.
struct profile_view {
  std::int64_t suffix = 0;
  std::string_view session;
  /// All properties, with `subscriptions` where there are any.
  std::string_view properties_json;
  std::string_view connection_details_json;
  proto::role as = proto::role::user;
};

/// The content of `/details`.
struct room_details {
  std::string object_id;
  std::string name;
  /// Open sockets, and distinct sessions among them.
  std::int64_t count = 0;
  std::int64_t unique_count = 0;
  /// Connects in total, and since the object was loaded.
  std::int64_t increment = 0;
  std::int64_t increment_since_restart = 0;
  std::int64_t poll_count = 0;
  std::string config;
  std::int64_t ephemeral_poll_count = 0;
  /// When the object was loaded, in milliseconds since 1970-01-01 UTC, and the milliseconds since
  /// then.
  std::int64_t bootup_time_ms = 0;
  std::int64_t uptime_ms = 0;
};

/// One socket's entry in `/users`.
struct user_line {
  std::int64_t suffix = 0;
  /// Has to live until the line is encoded.
  std::string_view public_properties_json;
  std::int64_t last_communication_ms = 0;
};

std::string encode_config(std::string_view text);
std::string encode_profile(const profile_view& profile);
/// Without `message_json` the frame has no message.
std::string encode_chat(const std::optional<std::string>& message_json, std::int64_t suffix,
                        std::string_view public_properties_json);
std::string encode_poll(bool ephemeral, std::string_view id_json, const tallies& stats);
std::string encode_counter(std::string_view id_json, std::string_view value_json);
std::string encode_broadcast(std::string_view type, const std::optional<std::string>& data_json);
std::string encode_relay(std::string_view type, const std::optional<std::string>& data_json,
                         const profile_view& sender);
std::string encode_ping(std::int64_t now_ms);
std::string encode_details(const room_details& details);
std::string encode_users(std::int64_t now_ms, const std::vector<user_line>& users);

/// Properties as a profile shows them: with the session's subscriptions under `subscriptions`, if
/// it ever had any. Both are JSON objects.
std::string properties_with_subscriptions(std::string_view properties_json,
                                          const std::optional<std::string>& subscriptions_json);

}  // namespace innkeeper::room
