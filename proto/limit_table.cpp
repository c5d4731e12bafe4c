#include "proto/limit_table.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace innkeeper::proto {
namespace {

using enum limit_unit;

constexpr std::string_view refused = "error `limit`, nothing has changed";

constexpr std::array<limit_entry, 5> of_message{{
    {"message-bytes", &limits::message_bytes, bytes, "one message", "closed with 1009",
     "a message is held in memory whole"},
    {"json-depth", &limits::json_depth, count, "levels of nesting in a message", refused,
     "readers of what is passed on may recurse"},
    {"json-keys", &limits::json_keys, count, "object keys in a message", refused,
     "keys cost more to check than their bytes tell"},
    {"id-bytes", &limits::id_bytes, bytes, "the id of a poll or counter", refused,
     "ids are kept in memory while the room is awake"},
    {"answer-bytes", &limits::answer_bytes, bytes, "an answer of a poll", refused,
     "each vote sends all answers to all subscribers"},
}};

constexpr std::array<limit_entry, 7> of_connection{{
    {"waiting-bytes", &limits::waiting_bytes, bytes, "waiting behind the frame being sent",
     "closed with 1013", "a client that does not read is not to fill the memory"},
    {"stall-ms", &limits::stall_ms, milliseconds, "in which a client takes nothing that waits",
     "closed with 1013", "what waits for it takes memory"},
    {"silence-ms", &limits::silence_ms, milliseconds,
     "in which nothing comes, though pings are sent", "closed with 1001",
     "who has gone without a word holds a descriptor"},
    {"messages-per-second", &limits::messages_per_second, count,
     "messages each second, admins 10 x", "error `rate_limited`; closed with 1008 if it goes on",
     "each may be passed on to thousands"},
    {"messages-burst", &limits::messages_burst, count, "messages at once, admins 10 x",
     "as with messages each second", "what piled up while the network was away comes at once"},
    {"bytes-per-second", &limits::bytes_per_second, bytes, "each second, admins 10 x",
     "as with messages each second", "each may be passed on to thousands"},
    {"bytes-burst", &limits::bytes_burst, bytes, "at once, admins 10 x",
     "as with messages each second", "a few large messages may come at once"},
}};

constexpr std::array<limit_entry, 2> of_session{{
    {"properties-bytes", &limits::properties_bytes, bytes, "a session's properties", refused,
     "the public ones go out with each chat message"},
    {"subscriptions", &limits::subscriptions, count, "channels of a session", refused,
     "each is memory for each of its sockets"},
}};

constexpr std::array<limit_entry, 9> of_room{{
    {"polls", &limits::polls, count, "polls, and as many ephemeral ones", refused,
     "a room reads all of them when it wakes"},
    {"answers", &limits::answers, count, "answers of a poll", refused,
     "each vote sends all answers to all subscribers"},
    {"stats-bytes", &limits::stats_bytes, bytes, "the frame with a poll's stats",
     "error `limit` for a new answer", "each vote sends it to all subscribers"},
    {"counters", &limits::counters, count, "counters", refused,
     "a room reads all of them when it wakes"},
    {"room-bytes", &limits::room_bytes, bytes, "names and values that a room stores",
     "error `limit` for what adds to them", "the disk is everybody's"},
    {"sessions-per-room", &limits::sessions, count, "sessions that a room knows",
     "the one unseen for longest without socket, vote or login is forgotten; 503 if there is none",
     "connecting is free, rows are not"},
    {"room-messages-per-second", &limits::room_messages_per_second, count,
     "messages of all connections each second", "error `rate_limited`",
     "rooms share a core with others"},
    {"room-messages-burst", &limits::room_messages_burst, count,
     "messages of all connections at once", "error `rate_limited`",
     "an audience answers all at once"},
    {"room-sockets", &limits::room_sockets, count, "open sockets", "answered 503",
     "each broadcast goes to all of them"},
}};

constexpr std::array<limit_entry, 9> of_address{{
    {"sockets-per-ip", &limits::address_sockets, count, "open sockets", "answered 429 and closed",
     "one client cannot take all sockets"},
    {"connects-per-second", &limits::address_connects, count, "new sockets each second",
     "answered 429 and closed", "a handshake costs a commit"},
    {"connects-burst", &limits::address_connects_burst, count, "new sockets at once",
     "answered 429 and closed", "a page may open many, a school comes at eight"},
    {"requests-per-second", &limits::address_requests, count,
     "HTTP requests each second, not counting those that become a WebSocket",
     "answered 429 and closed", "a request may wake a room"},
    {"requests-burst", &limits::address_requests_burst, count, "such requests at once",
     "answered 429 and closed", "a page is several, and a school reads it at eight"},
    {"new-rooms-per-minute", &limits::address_rooms, count,
     "rooms each minute that did not exist before", "answered 429", "a room's rows stay for ever"},
    {"new-rooms-burst", &limits::address_rooms_burst, count, "new rooms at once", "answered 429",
     "an application may set up its rooms in one go"},
    {"wrong-keys-per-ip", &limits::address_wrong_keys, count, "wrong admin keys a minute",
     "error `rate_limited` until the share of a minute is back", "keys are not to be guessed"},
    {"wrong-keys-per-connection", &limits::connection_wrong_keys, count,
     "wrong admin keys a minute on one connection",
     "error `rate_limited` until the share of a minute is back",
     "behind a shared address one guesser does not lock out all"},
}};

constexpr std::array<limit_entry, 4> of_server{{
    {"sockets-max", &limits::sockets, count,
     "sockets in all; none: what the limit on open files leaves", "answered 503 and closed",
     "without descriptors not even the database could be opened"},
    {"header-bytes", &limits::header_bytes, bytes, "the header of an HTTP request",
     "answered 431 and closed", "each room adds a cookie of 110 bytes, up to 180 a browser"},
    {"handshake-ms", &limits::handshake_ms, milliseconds, "to send a request, TLS included",
     "closed", "half-open and slow clients hold a descriptor"},
    {"response-ms", &limits::response_ms, milliseconds, "to take the answer to a request", "closed",
     "an answer waits in memory until it is taken"},
}};

constexpr std::array<limit_group, 6> groups{{
    {"one message", of_message},
    {"one connection", of_connection},
    {"one session", of_session},
    {"one room", of_room},
    {"one client address (IPv6: per /64)", of_address},
    {"the server", of_server},
}};

}  // namespace

std::span<const limit_group> limit_groups() {
  return groups;
}

std::string limit_entry::variable() const {
  std::string name = "INNKEEPER_";
  for (const char c : flag) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string limit_entry::default_text() const {
  return limit_text(limits{}.*value, unit);
}

std::string limit_text(std::size_t value, limit_unit unit) {
  constexpr std::size_t kib = 1024;
  if (value == 0) return "none";
  if (unit == count) return std::to_string(value);
  if (unit == milliseconds) {
    if (value % 1000 == 0) return std::to_string(value / 1000) + " s";
    return std::to_string(value) + " ms";
  }
  if (value % (kib * kib) == 0) return std::to_string(value / (kib * kib)) + " MiB";
  if (value % kib == 0) return std::to_string(value / kib) + " KiB";
  return std::to_string(value) + " B";
}

}  // namespace innkeeper::proto
