#pragma once

#include <cstddef>
#include <cstdint>

/// The bounds of the rooms protocol, all in one place. Each names its unit; what happens one over
/// the bound is said beside it. Plain constants: any thread.
namespace innkeeper::proto {

/// Bytes of UTF-8 in a room's name; longer: the handshake is answered 400.
inline constexpr std::size_t room_name_bytes_max = 255;
/// Bytes in a session id; longer: the handshake is answered 400.
inline constexpr std::size_t session_id_bytes_max = 128;
/// Bytes of one client message; longer: the connection is closed with 1009.
inline constexpr std::size_t message_bytes_max = std::size_t{1024} * 1024;
/// Levels of nesting in one client message; deeper: refused with `limit`.
inline constexpr std::size_t json_depth_max = 128;
/// Object keys in one client message; more: refused with `limit`.
inline constexpr std::size_t json_keys_max = 10'000;
/// Bytes in a poll's or counter's id; longer: refused with `limit`.
inline constexpr std::size_t id_bytes_max = 128;
/// Bytes in a poll's answer; longer: refused with `limit`.
inline constexpr std::size_t answer_bytes_max = 1024;
/// Bytes of a session's properties as JSON; more: refused with `limit`.
inline constexpr std::size_t properties_bytes_max = std::size_t{256} * 1024;
/// Channels that one session is subscribed to; more: refused with `limit`.
inline constexpr std::size_t subscriptions_max = 128;
/// Message types that one admin has relayed to it; more: refused with `limit`.
inline constexpr std::size_t relays_max = 128;
/// Bytes in a channel's text or in a relayed type's name; longer: refused with `limit`.
inline constexpr std::size_t channel_bytes_max = 512;
/// Polls, and apart from them ephemeral polls, of one room; more: refused with `limit`.
inline constexpr std::size_t polls_max = 200;
/// Answers of one poll; more: refused with `limit`.
inline constexpr std::size_t answers_max = 100;
/// Counters of one room; more: refused with `limit`.
inline constexpr std::size_t counters_max = 1'000;
/// How far an admin's timestamp may be from the server's clock, in milliseconds.
inline constexpr std::int64_t admin_key_window_ms = std::int64_t{5} * 60 * 1000;
/// How often every connection is sent a JSON ping, in milliseconds.
inline constexpr std::int64_t ping_interval_ms = 25'000;

}  // namespace innkeeper::proto
