#pragma once

#include <boost/asio/awaitable.hpp>

#include "transport/http/responses.hpp"
#include "transport/http/server_context.hpp"

/// What is answered to plain HTTP requests. On the loop of the request's socket.
namespace innkeeper::transport {

/// Whether this is for a route that tells monitors how the server is. These do not share the limits
/// of visitors: whoever watches a server has to be answered when it has most to do.
bool asks_for_health(const http_request& request);

/// Whether this is for a route that takes WebSockets, with a method that it takes.
bool asks_for_websocket(const http_request& request, const server_context& context);

/// Whether what a request sends is read: objects and routes that do more than read take it.
bool takes_body(const http_request& request, const server_context& context);

/// The answer to every other request; some wait for an object.
boost::asio::awaitable<http_response> answer(const http_request& request, const remote_client& who,
                                             const server_context& context);

}  // namespace innkeeper::transport
