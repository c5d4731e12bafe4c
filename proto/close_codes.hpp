#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// The close codes of this server: RFC 6455 section 7.4.1 and its registry at IANA. Any thread.
namespace innkeeper::proto::close_code {

inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t bad_payload = 1007;
inline constexpr std::uint16_t policy_violation = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t internal_error = 1011;
inline constexpr std::uint16_t service_restart = 1012;
inline constexpr std::uint16_t try_again_later = 1013;

struct facts {
  std::uint16_t code = 0;
  /// The name in the registry.
  std::string_view name;
  /// The reason of a close frame that was given none. Empty: it has no reason.
  std::string_view default_reason;
};

inline constexpr std::array<facts, 9> table{{
    {normal, "Normal Closure", ""},
    {going_away, "Going Away", ""},
    {protocol_error, "Protocol error", "This is against the WebSocket protocol."},
    {bad_payload, "Invalid frame payload data", "This is no UTF-8."},
    {policy_violation, "Policy Violation", ""},
    {too_big, "Message Too Big", "The message is too long."},
    {internal_error, "Internal Error", ""},
    {service_restart, "Service Restart", ""},
    {try_again_later, "Try Again Later", ""},
}};

/// Empty if the code has none, or is not in the table.
constexpr std::string_view default_reason(std::uint16_t code) {
  for (const auto& each : table) {
    if (each.code == code) return each.default_reason;
  }
  return {};
}

}  // namespace innkeeper::proto::close_code
