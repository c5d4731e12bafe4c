#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "transport/counterpart.hpp"
#include "transport/handshake.hpp"
#include "transport/loop.hpp"
#include "transport/site.hpp"
#include "transport/visitor.hpp"

/// What an upgrade to a WebSocket asks for: a room, or an object of another kind. On the loop of
/// the request's socket.
namespace innkeeper::transport {

struct upgrade {
  std::unique_ptr<counterpart> to;
  /// The loop of the room or object.
  loop* home = nullptr;
  http_request request;
};

/// `/websocket`, `/objects/KIND/NAME` of the kinds that take sockets, and `/echo` if that is one.
bool takes_websockets(std::string_view path, const site& shared);

/// For a request whose path takes WebSockets; a fault says why it cannot have one.
boost::asio::awaitable<std::variant<http_fault, upgrade>> read_upgrade(http_request request,
                                                                       visitor who,
                                                                       const site& shared);

}  // namespace innkeeper::transport
