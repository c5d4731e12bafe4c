#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "transport/http/handlers.hpp"
#include "transport/http/server_context.hpp"

/// What an upgrade to a WebSocket asks for. On the loop of the request's socket.
namespace innkeeper::transport {

/// `/objects/KIND/NAME`, `/echo` if that is a kind, and the paths that kinds have of their own.
bool takes_websockets(std::string_view path, const server_context& context);

/// For a request whose path takes WebSockets; a fault says why it cannot have one.
boost::asio::awaitable<upgrade_result> read_upgrade(http_request request, remote_client who,
                                                    const server_context& context);

}  // namespace innkeeper::transport
