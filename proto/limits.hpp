#pragma once

#include <cstddef>
#include <cstdint>

/// The bounds of everything that comes from outside, all in one place. What an operator may change
/// is a field of `limits`, with its default; limit_table.hpp says of each how it is called on the
/// command line, what happens beyond it and why it is there. 0 means no limit. The composition root
/// makes one and hands it down; values: any thread.
namespace innkeeper::proto {

struct limits {
  // ---- one message
  std::size_t message_bytes = std::size_t{1024} * 1024;
  /// Levels of objects and arrays.
  std::size_t json_depth = 128;
  /// Object keys, on all levels together.
  std::size_t json_keys = 10'000;
  /// Of a poll's or counter's id.
  std::size_t id_bytes = 128;
  /// Of a poll's answer.
  std::size_t answer_bytes = 1024;

  // ---- one connection
  /// That wait behind the frame being sent.
  std::size_t waiting_bytes = std::size_t{4} * 1024 * 1024;
  /// For which a client takes nothing although something waits for it.
  std::size_t stall_ms = 10'000;
  /// For which nothing comes from a client, not even the answer to a ping.
  std::size_t silence_ms = 60'000;
  std::size_t messages_per_second = 100;
  std::size_t messages_burst = 500;
  std::size_t bytes_per_second = std::size_t{2} * 1024 * 1024;
  std::size_t bytes_burst = std::size_t{8} * 1024 * 1024;

  // ---- one session
  /// Of its properties as JSON.
  std::size_t properties_bytes = std::size_t{256} * 1024;
  /// Channels that it is subscribed to.
  std::size_t subscriptions = 128;

  // ---- one room
  /// Polls, and apart from them ephemeral polls.
  std::size_t polls = 200;
  /// Answers of one poll.
  std::size_t answers = 100;
  /// The longest frame that tells a poll's stats.
  std::size_t stats_bytes = std::size_t{128} * 1024;
  std::size_t counters = 1'000;
  /// Names and values of all that a room has stored.
  std::size_t room_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t sessions = 100'000;

  /// Of all its connections.
  std::size_t room_messages_per_second = 1'000;
  std::size_t room_messages_burst = 5'000;
  std::size_t room_sockets = 32'768;

  // ---- one client address (an IPv4 address, or an IPv6 network of 64 bits)
  std::size_t address_sockets = 1'024;
  /// New sockets each second, and how many may come at once.
  std::size_t address_connects = 50;
  std::size_t address_connects_burst = 256;
  /// HTTP requests that are answered as such, each second, and how many may come at once.
  std::size_t address_requests = 100;
  std::size_t address_requests_burst = 500;
  /// Rooms that nobody had asked for before, each minute, and how many may come at once.
  std::size_t address_rooms = 20;
  std::size_t address_rooms_burst = 200;
  /// Wrong admin keys a minute.
  std::size_t address_wrong_keys = 20;
  std::size_t connection_wrong_keys = 5;

  // ---- the server
  /// All sockets. The default of 0 leaves it to the system's limit on open files.
  std::size_t sockets = 0;
  std::size_t header_bytes = std::size_t{32} * 1024;
  /// From the connection's beginning to the end of its first request's header, and for each header
  /// behind that.
  std::size_t handshake_ms = 10'000;
  /// For an answer to an HTTP request to be taken.
  std::size_t response_ms = 10'000;
};

/// All connections of one address together may send and cause as much as so many of them.
inline constexpr std::size_t connections_at_full_rate = 20;

/// Whether `value` is beyond `limit`, where 0 is no limit.
constexpr bool is_over(std::size_t value, std::size_t limit) {
  return limit != 0 && value > limit;
}

// ---- What the protocol itself says, so that nobody can change it.

/// Bytes of UTF-8 in a room's name; longer: the handshake is answered 400.
inline constexpr std::size_t room_name_bytes_max = 255;
/// Bytes in a session id; longer: the handshake is answered 400.
inline constexpr std::size_t session_id_bytes_max = 128;
/// Message types that one admin has relayed to it; more: refused with `limit`.
inline constexpr std::size_t relays_max = 128;
/// Bytes in a channel's text or in a relayed type's name; longer: refused with `limit`.
inline constexpr std::size_t channel_bytes_max = 512;
/// How far an admin's timestamp may be from the server's clock, in milliseconds.
inline constexpr std::int64_t admin_key_window_ms = std::int64_t{5} * 60 * 1000;
/// How often every connection is sent a JSON ping, in milliseconds.
inline constexpr std::int64_t ping_interval_ms = 25'000;

}  // namespace innkeeper::proto
