#pragma once

#include <boost/beast/http/fields.hpp>
#include <cstddef>
#include <memory>
#include <string_view>

#include "memory/connection_memory.hpp"
#include "transport/websocket/client_connection.hpp"

/// Whom a client's WebSocket speaks to, as the WebSocket sees it: its room, or another object that
/// takes sockets, behind the gateway of its kind. On the loop of that object.
namespace innkeeper::transport {

class counterpart : public memory::kept_by_connection {
 public:
  /// None takes more memory: so much is fetched ahead of a message.
  static constexpr std::size_t memory_max = 128;

  virtual ~counterpart() = default;

  /// The client wants in; it will be accepted or refused.
  virtual void arrived(std::shared_ptr<client_connection> client) = 0;
  /// One whole message. False if the client thereby asked to be closed: then it is heard no more.
  /// The connection may have been closed before this returns.
  virtual bool heard(bool binary, std::string_view payload) = 0;
  /// Something other than a message came (a ping, a pong).
  virtual void alive() = 0;
  virtual void left() = 0;

  /// What the answer to the upgrade says beside the handshake. Called once at most.
  virtual void add_to(boost::beast::http::fields& answer) = 0;
  /// Bytes of one message; more closes the connection with 1009.
  virtual std::size_t message_bytes_max() const = 0;
  /// Whether it minds how much comes how fast.
  virtual bool is_rate_limited() const { return true; }
};

}  // namespace innkeeper::transport
