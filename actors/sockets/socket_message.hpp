#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/durable/durable_object.hpp"

/// What a durable object and the WebSockets that are open to it tell each other: values, carried by
/// the runtime. They know nothing of how a socket works. Any thread.
namespace innkeeper::sockets {

/// Unique within the process and never given twice.
using connection_id = std::uint64_t;

/// What never changes about a connection: how it was asked for.
struct socket_facts {
  using pairs = std::vector<std::pair<std::string, std::string>>;

  /// The parameters behind the question mark, decoded, in order.
  pairs query;
  /// The request's header fields, names in lower case, in order.
  pairs headers;
  /// A JSON object with the keys of Cloudflare's `request.cf`.
  std::string details_json;
};
using facts_ptr = std::shared_ptr<const socket_facts>;

// ---- to an object

/// Somebody wants to connect. Answered by `accept` or `refuse`; until then nothing is sent to it.
struct socket_opened {
  connection_id connection = 0;
  facts_ptr facts;
};

/// One whole message. Text is valid UTF-8.
struct socket_said {
  connection_id connection = 0;
  std::string payload;
  bool binary = false;
};

/// A connection that has been opened, accepted or not, is gone.
struct socket_closed {
  connection_id connection = 0;
};

using socket_message = std::variant<socket_opened, socket_said, socket_closed>;

// ---- from an object; what is for a connection that is gone is dropped

struct accept {
  connection_id connection = 0;
};

/// The upgrade is answered with this HTTP status instead.
struct refuse {
  connection_id connection = 0;
  unsigned int status = 403;
  std::string sentence;
};

struct send {
  connection_id connection = 0;
  std::string payload;
  bool binary = false;
};

/// To every accepted connection of the object.
struct send_to_all {
  std::string payload;
  bool binary = false;
};

/// A code of RFC 6455 section 7.4; up to 123 bytes of reason.
struct close {
  connection_id connection = 0;
  std::uint16_t code = 1000;
  std::string reason;
};

struct close_all {
  std::uint16_t code = 1011;
  std::string reason;
};

using socket_output = std::variant<accept, refuse, send, send_to_all, close, close_all>;

/// The form in which the runtime carries it.
inline durable::object_output output(socket_output what) {
  return {std::move(what)};
}

}  // namespace innkeeper::sockets
