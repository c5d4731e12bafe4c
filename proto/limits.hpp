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
/// Bytes of a number without exponent in a message, where no limit is set: the longest that a
/// double needs has 327; longer: refused with `limit`.
inline constexpr std::size_t number_bytes_max = 400;

// ---- What protects the server from what comes, so that nobody needs to change it.

/// By how much an admin may be faster than others.
inline constexpr std::size_t admin_factor = 10;
/// Bytes of all properties in one answer about users: a session's are told with each of its
/// sockets, of which there may be very many; more: the answer tells the others' as `{}`.
inline constexpr std::size_t users_properties_bytes_max = std::size_t{4} * 1024 * 1024;

/// Bytes of a request's body: it is held whole until it is answered; longer: answered 413.
inline constexpr std::size_t request_body_bytes_max = std::size_t{64} * 1024;
/// Empty lines before a request; more: answered 400.
inline constexpr std::size_t empty_lines_max = 16;
/// Bytes of a body that nobody asked for, read before the connection is closed; more: closed.
inline constexpr std::size_t drained_bytes_max = std::size_t{1024} * 1024;
/// For which a client may take to end its side after ours has ended, in milliseconds; longer:
/// closed.
inline constexpr std::size_t farewell_ms_max = 2'000;
/// For which a client may wait for its object's answer to its handshake, in milliseconds; longer:
/// answered 503.
inline constexpr std::size_t arriving_ms_max = 10'000;
/// For which a client may take to answer a close frame, in milliseconds; longer: reset.
inline constexpr std::size_t closing_ms_max = 2'000;
/// For which the server waits for all clients to answer theirs when it stops, in milliseconds;
/// longer: it ends.
inline constexpr std::size_t goodbye_ms_max = 2'000;
/// Bytes that come from a client for each byte of the longest message, without a whole message;
/// more: closed with 1008. A fragment of one byte takes eight, and an empty one is no message that
/// a rate could count.
inline constexpr std::size_t bytes_for_byte_of_message_max = 16;
/// Bytes of an answer that count as one request of its address.
inline constexpr std::size_t bytes_of_one_request = std::size_t{64} * 1024;
/// Bytes of each header field with which a proxy tells where a client is; longer: left out.
inline constexpr std::size_t place_field_bytes_max = 128;

/// Refused sockets that may still ask how the server is, in all and of one address; more: closed.
/// So many descriptors more than sockets may be open.
inline constexpr std::size_t on_probation_max = 16;
inline constexpr std::size_t of_network_on_probation_max = 4;
/// Of one address, each second and at once; more: closed. Monitors ask once in some seconds; a
/// probation costs a connection and, over TLS, a handshake.
inline constexpr std::size_t probations_per_second = 20;
inline constexpr std::size_t probations_burst = 1'000;
/// For which such a socket may take for its handshake, and then for its request, in milliseconds;
/// longer: closed.
inline constexpr std::size_t probation_ms_max = 2'000;
/// Questions of one address how the server is, each second and at once; more: answered 429. An
/// answer costs next to nothing.
inline constexpr std::size_t health_requests_per_second = 200;
inline constexpr std::size_t health_requests_burst = 2'000;

/// TLS records in a row that bring nothing for us: part of a handshake, new keys, warnings. Each
/// costs tens of microseconds, OpenSSL takes as many as have come in one call, and no rate counts
/// them; more: closed.
inline constexpr std::size_t fruitless_records_max = 64;
/// Bytes of pongs and close frames that wait where messages find no room any more; more: closed.
inline constexpr std::size_t control_bytes_max = std::size_t{64} * 1024;
/// Bytes that a client still sends after its socket has been closed, read so that it gets the close
/// frame; more: reset.
inline constexpr std::size_t unread_bytes_max = std::size_t{16} * 1024 * 1024;
/// Ends within one packed message (RFC 7692 section 7.2.3.4), which cost some time; more: the
/// message is broken, closed with 1007.
inline constexpr int deflate_ends_max = 1'000;

/// Bytes of a file that somebody has written by hand; more: refused at the start.
inline constexpr std::size_t text_file_bytes_max = std::size_t{1024} * 1024;
/// Entries of a list of origins or proxies; more: refused at the start.
inline constexpr std::size_t list_entries_max = 10'000;

}  // namespace innkeeper::proto
