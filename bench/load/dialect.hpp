#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// How the load client speaks to each kind of server. Pure functions: any thread.
namespace innkeeper::bench {

enum class dialect {
  /// The rooms protocol: Innkeeper.
  rooms,
  /// A WebSocket whose messages go to everybody in the room as they are: the peers in bench/peers/.
  raw,
  /// Redis' own protocol, over bare TCP.
  resp
};

/// What `--dialect` says; throws std::invalid_argument with a sentence.
dialect dialect_named(std::string_view name);

/// The handshake's request.
std::string upgrade_request(std::string_view room);

/// One masked frame as a client has to send it. The mask is always the same: what is sent is made
/// once and sent many times.
std::string text_frame(std::string_view payload);
std::string pong_frame(std::string_view payload);

/// A message that everybody in the room gets as a frame of `delivered_bytes` payload; `suffix` is
/// the sender's number in the room.
std::string chat_message(dialect in, std::size_t delivered_bytes, std::string_view suffix);

/// Adds 1 to a durable counter; `index` chooses it.
std::string count_message(dialect in, std::size_t index);

/// Asks for the current values of a subscription.
std::string subscribe_message(std::string_view channel);

}  // namespace innkeeper::bench
