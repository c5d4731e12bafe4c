#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "actors/sockets/topic.hpp"
#include "proto/decimal.hpp"
#include "proto/json_text.hpp"
#include "proto/limits.hpp"
#include "proto/protocol_error.hpp"

/// A parsed message of a client: a variant with one case for each type of the protocol. Values
/// only: any thread.
namespace innkeeper::room {

/// A name that a client may send as a text, a number or, for a poll, a boolean.
struct spoken_id {
  /// The text, or the number's shortest decimal form.
  std::string name;
  /// The JSON as received, which frames repeat.
  std::string json;
};

struct chat_message {};

struct subscribe_message {
  sockets::topic what;
};

struct unsubscribe_message {
  sockets::topic what;
};

struct profile_message {};

struct login_message {
  /// A JSON object without the reserved key `subscriptions`.
  std::string properties;
  /// The same without the keys that begin with `_`.
  std::string public_properties;
};

struct vote_message {
  bool ephemeral = false;
  spoken_id poll;
  std::string answer;
};

struct count_message {
  spoken_id counter;
  proto::decimal change;
};

struct authenticate_message {
  std::int64_t timestamp_ms = 0;
  std::string key;
};

struct config_message {
  std::string text;
};

struct broadcast_message {
  std::string type;
  /// Raw JSON; nothing if absent.
  std::optional<std::string> data;
  /// Nothing: all connections.
  std::optional<sockets::topic> to;
};

struct relay_message {
  std::string type;
};

struct delete_relay_message {
  /// Nothing: all types.
  std::optional<std::string> type;
};

struct close_message {};

/// An unknown type, or one without an effect of its own (ping, pong, join, leave).
struct other_message {};

/// A known type whose data has the wrong shape.
struct refused_message {
  proto::protocol_error error;
};

using message_body =
    std::variant<refused_message, chat_message, subscribe_message, unsubscribe_message,
                 profile_message, login_message, vote_message, count_message, authenticate_message,
                 config_message, broadcast_message, relay_message, delete_relay_message,
                 close_message, other_message>;

struct client_message {
  std::string type;
  /// The raw JSON of `data`; nothing if absent.
  std::optional<std::string> data;
  message_body body;
};

/// Parses one text message. It returns an error (`malformed`, `limit`) only for a message without a
/// text `type`. Data of the wrong shape gives a message with the body refused_message.
std::variant<proto::protocol_error, client_message> parse_client_message(
    std::string_view text, const proto::limits& bounds);

/// Whether only admins may send this type.
bool is_admin_type(std::string_view type);

/// The public part of a session's properties: without keys that begin with `_`. `properties` is the
/// JSON object of a login_message.
std::string public_properties_of(std::string_view properties);

}  // namespace innkeeper::room
