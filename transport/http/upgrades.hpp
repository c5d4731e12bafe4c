#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "transport/http/handshake.hpp"
#include "transport/http/remote_client.hpp"
#include "transport/http/server_context.hpp"
#include "transport/loop/loop.hpp"
#include "transport/websocket/counterpart.hpp"

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
bool takes_websockets(std::string_view path, const server_context& context);

/// For a request whose path takes WebSockets; a fault says why it cannot have one.
boost::asio::awaitable<std::variant<http_fault, upgrade>> read_upgrade(
    http_request request, remote_client who, const server_context& context);

}  // namespace innkeeper::transport
