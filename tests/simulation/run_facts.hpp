// What the server is started with, and what the model may know of it.
#pragma once

#include <cstdint>
#include <string>

namespace innkeeper::simulation {

inline const std::string signing_key = "a signing key for the town";
inline constexpr std::int64_t session_ttl_ms = std::int64_t{10} * 60 * 1000;
inline constexpr std::int64_t report_interval_ms = session_ttl_ms / 4;
inline constexpr std::int64_t ping_interval_ms = 25'000;
/// How far the timestamp of an admin's key may be from the server's clock.
inline constexpr std::int64_t key_window_ms = std::int64_t{5} * 60 * 1000;

}  // namespace innkeeper::simulation
