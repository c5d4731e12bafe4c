#pragma once

#include <cstdint>

/// With what code a WebSocket is closed: RFC 6455 section 7.4.1 and its registry at IANA. Any
/// thread.
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

}  // namespace innkeeper::proto::close_code
