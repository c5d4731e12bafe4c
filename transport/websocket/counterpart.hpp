#pragma once

#include <boost/beast/http/fields.hpp>
#include <cstddef>
#include <memory>
#include <string_view>

#include "memory/connection_memory.hpp"
#include "transport/websocket/client_connection.hpp"

/// Receives what one client sends, as its WebSocket session sees it: the client's room or another
/// object that takes sockets, behind the gateway. On the loop of that object.
namespace innkeeper::transport {

class counterpart : public memory::kept_by_connection {
 public:
  /// The largest counterpart, in bytes. So much is prefetched before a message is received.
  static constexpr std::size_t memory_max = 128;

  virtual ~counterpart() = default;

  /// The client asks to be accepted; `client` is told whether it is.
  virtual void arrived(std::shared_ptr<client_connection> client) = 0;
  /// One whole message. False if the client thereby asked to be closed: then no other follows. The
  /// connection may have been closed before this returns.
  virtual bool heard(bool binary, std::string_view payload) = 0;
  /// Something other than a message came (a ping, a pong).
  virtual void alive() = 0;
  /// The client is gone or will be. Called once at most, and not for a client that was refused.
  virtual void left() = 0;

  /// Adds fields to the answer to the upgrade. Called once at most.
  virtual void add_to(boost::beast::http::fields& answer) = 0;
  /// Bytes of one message; more closes the connection with 1009.
  virtual std::size_t message_bytes_max() const = 0;
  /// Whether the rate limits on messages hold for this client.
  virtual bool is_rate_limited() const { return true; }
};

}  // namespace innkeeper::transport
