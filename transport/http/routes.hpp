#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "transport/http/responses.hpp"
#include "transport/http/server_context.hpp"

/// What is answered to plain HTTP requests. On the loop of the request's socket.
namespace innkeeper::transport {

/// Whether this is for a route that tells monitors how the server is. These do not share the limits
/// of visitors: whoever watches a server has to be answered when it has most to do.
bool asks_for_health(const http_request& request);

/// Whether this is for a route that takes WebSockets, with a method that it takes.
bool asks_for_websocket(const http_request& request, const server_context& context);

/// The answer to every other request; `/details` and `/users` wait for their room.
boost::asio::awaitable<http_response> answer(const http_request& request,
                                             const server_context& context);

/// Whether the room knows this session; nothing if it cannot be read.
boost::asio::awaitable<std::optional<bool>> is_known_session(const server_context& context,
                                                             std::string room, std::string session);

}  // namespace innkeeper::transport
