#pragma once

#include <cstddef>
#include <cstdint>

/// The limits of everything that comes from outside, all in one file. Limits that an operator may
/// change are fields of `limits`, with their defaults. limit_table.hpp has each one's flag, its
/// effect and its reason. 0 means no limit. The composition root makes one `limits` and passes it
/// on; values: any thread.
namespace innkeeper::proto {

struct limits {
  // ---- one message
  std::size_t message_bytes = std::size_t{1024} * 1024;
  /// Levels of objects and arrays.
  std::size_t json_depth = 128;
  /// Object keys, on all levels together.
  std::size_t json_keys = 10'000;
  /// Bytes of a poll's or counter's id.
  std::size_t id_bytes = 128;
  /// Bytes of a poll's answer.
  std::size_t answer_bytes = 1024;

  // ---- one connection
  /// Bytes that wait behind the frame being sent.
  std::size_t waiting_bytes = std::size_t{4} * 1024 * 1024;
  /// Milliseconds during which a client reads nothing although data waits for it.
  std::size_t stall_ms = 10'000;
  /// Milliseconds without any data from a client, not even a pong.
  std::size_t silence_ms = 60'000;
  std::size_t messages_per_second = 100;
  std::size_t messages_burst = 500;
  std::size_t bytes_per_second = std::size_t{2} * 1024 * 1024;
  std::size_t bytes_burst = std::size_t{8} * 1024 * 1024;

  // ---- one session
  /// Bytes of its properties as JSON.
  std::size_t properties_bytes = std::size_t{256} * 1024;
  /// Channels that it subscribes to.
  std::size_t subscriptions = 128;

  // ---- one room
  /// Polls; ephemeral polls have the same limit of their own.
  std::size_t polls = 200;
  /// Answers of one poll.
  std::size_t answers = 100;
  /// Bytes of the longest frame with a poll's stats.
  std::size_t stats_bytes = std::size_t{128} * 1024;
  std::size_t counters = 1'000;
  /// Bytes of all names and values that a room has stored.
  std::size_t room_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t sessions = 100'000;

  /// Messages of all its connections together.
  std::size_t room_messages_per_second = 1'000;
  std::size_t room_messages_burst = 5'000;
  std::size_t room_sockets = 32'768;

  // ---- one client address (an IPv4 address, or an IPv6 network of 64 bits)
  std::size_t address_sockets = 1'024;
  /// New sockets per second, and how many at once.
  std::size_t address_connects = 50;
  std::size_t address_connects_burst = 256;
  /// HTTP requests except accepted upgrades, per second, and how many at once.
  std::size_t address_requests = 100;
  std::size_t address_requests_burst = 500;
  /// New rooms per minute, and how many at once.
  std::size_t address_rooms = 20;
  std::size_t address_rooms_burst = 200;
  /// Wrong admin keys per minute.
  std::size_t address_wrong_keys = 20;
  std::size_t connection_wrong_keys = 5;

  // ---- the server
  /// All sockets. The default of 0 means the system's limit on open files.
  std::size_t sockets = 0;
  std::size_t header_bytes = std::size_t{32} * 1024;
  /// Milliseconds from the connection's start to the end of its first request's header, and for
  /// each later header.
  std::size_t handshake_ms = 10'000;
  /// Milliseconds for a client to take the answer to an HTTP request.
  std::size_t response_ms = 10'000;
};

/// All connections of one address together may send and cause as much as this many connections.
inline constexpr std::size_t connections_at_full_rate = 20;

/// Whether `value` is beyond `limit`, where 0 is no limit.
constexpr bool is_over(std::size_t value, std::size_t limit) {
  return limit != 0 && value > limit;
}

// ---- Limits of the protocol, which nobody may change.

/// Bytes of UTF-8 in a room's name; longer: the handshake is answered 400.
inline constexpr std::size_t room_name_bytes_max = 255;
/// Bytes in a session id; longer: the handshake is answered 400.
inline constexpr std::size_t session_id_bytes_max = 128;
/// Message types relayed to one admin connection; more: refused with `limit`.
inline constexpr std::size_t relays_max = 128;
/// Bytes in a channel's text or in a relayed type's name; longer: refused with `limit`.
inline constexpr std::size_t channel_bytes_max = 512;
/// Greatest distance of an admin's timestamp from the server's clock, in milliseconds.
inline constexpr std::int64_t admin_key_window_ms = std::int64_t{5} * 60 * 1000;
/// Interval of the JSON ping to every connection, in milliseconds.
inline constexpr std::int64_t ping_interval_ms = 25'000;
/// Bytes of a number without exponent in a message, where no other limit applies. The longest
/// double needs 327; longer: refused with `limit`.
inline constexpr std::size_t number_bytes_max = 400;

// ---- Limits that protect the server, which nobody needs to change.

/// Factor by which an admin's message rate may exceed others'.
inline constexpr std::size_t admin_factor = 10;
/// Bytes of all properties in one answer about users; beyond it the remaining properties are `{}`.
/// A session's properties repeat for each of its sockets, of which there may be very many.
inline constexpr std::size_t users_properties_bytes_max = std::size_t{4} * 1024 * 1024;

/// Bytes of a request's body, which is held whole until the answer; longer: answered 413.
inline constexpr std::size_t request_body_bytes_max = std::size_t{64} * 1024;
/// Empty lines before a request; more: answered 400.
inline constexpr std::size_t empty_lines_max = 16;
/// Unread bytes of a client that are drained before its HTTP connection is closed; more: closed.
inline constexpr std::size_t drained_bytes_max = std::size_t{1024} * 1024;
/// Milliseconds for a client to end its side after the server has ended; longer: closed.
inline constexpr std::size_t farewell_ms_max = 2'000;
/// Milliseconds for an object to answer a handshake; longer: answered 503.
inline constexpr std::size_t arriving_ms_max = 10'000;
/// Milliseconds for a client to answer a close frame; longer: reset.
inline constexpr std::size_t closing_ms_max = 2'000;
/// Milliseconds for all clients to answer close frames when the server stops; longer: it ends.
inline constexpr std::size_t goodbye_ms_max = 2'000;
/// Received bytes per byte of the longest message, without a whole message; more: closed with 1008.
/// A fragment of one byte takes eight bytes, and an empty fragment does not count in message rates.
inline constexpr std::size_t bytes_for_byte_of_message_max = 16;
/// Bytes of an answer that count as one request of its address.
inline constexpr std::size_t bytes_of_one_request = std::size_t{64} * 1024;
/// Bytes of each proxy header field about a client's location; longer: ignored.
inline constexpr std::size_t place_field_bytes_max = 128;

/// Refused sockets that may still request health, in total and per address; more: closed. The
/// server may open this many descriptors beyond the limit on sockets.
inline constexpr std::size_t on_probation_max = 16;
inline constexpr std::size_t of_network_on_probation_max = 4;
/// Probations of one address, per second and at once; more: closed. Monitors request every few
/// seconds. A probation costs a connection and, over TLS, a handshake.
inline constexpr std::size_t probations_per_second = 20;
inline constexpr std::size_t probations_burst = 1'000;
/// Milliseconds for such a socket's handshake, and then for its request; longer: closed.
inline constexpr std::size_t probation_ms_max = 2'000;
/// Health requests of one address, per second and at once; more: answered 429. An answer costs very
/// little.
inline constexpr std::size_t health_requests_per_second = 200;
inline constexpr std::size_t health_requests_burst = 2'000;

/// Consecutive TLS records without application data: handshake parts, new keys, warnings; more:
/// closed. Each costs tens of microseconds. OpenSSL handles all that have arrived in one call, and
/// no rate limit counts them.
inline constexpr std::size_t fruitless_records_max = 64;
/// Bytes of waiting pongs and close frames beyond the limit for messages; more: closed.
inline constexpr std::size_t control_bytes_max = std::size_t{64} * 1024;
/// Bytes read from a client after its socket was closed, so that it receives the close frame; more:
/// reset.
inline constexpr std::size_t unread_bytes_max = std::size_t{16} * 1024 * 1024;
/// Stream ends within one compressed message (RFC 7692 section 7.2.3.4), which cost time; more: the
/// message is invalid, closed with 1007.
inline constexpr int deflate_ends_max = 1'000;

/// Bytes of a hand-written file; more: refused at the start.
inline constexpr std::size_t text_file_bytes_max = std::size_t{1024} * 1024;
/// Entries of a list of origins or proxies; more: refused at the start.
inline constexpr std::size_t list_entries_max = 10'000;

}  // namespace innkeeper::proto
