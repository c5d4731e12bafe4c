#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <string>

#include "transport/handshake.hpp"
#include "transport/site.hpp"

/// What is answered to plain HTTP requests. On the loop of the request's socket.
namespace innkeeper::transport {

using http_response = boost::beast::http::response<boost::beast::http::string_body>;

/// What of a request its answer depends on, besides the route.
struct request_head {
  boost::beast::http::verb method = boost::beast::http::verb::get;
  unsigned version = 11;
  bool keep_alive = true;
};

request_head head_of(const http_request& request);

/// Whether this is for a route that tells monitors how the server is. These do not share the limits
/// of visitors: whoever watches a server has to be answered when it has most to do.
bool asks_for_health(const http_request& request);

/// Whether this is for a route that takes WebSockets, with a method that it takes.
bool asks_for_websocket(const http_request& request, const site& shared);

/// The answer to every other request; `/details` and `/users` wait for their room.
boost::asio::awaitable<http_response> answer(const http_request& request, const site& shared);

/// Whether the room knows this session; nothing if it cannot be read.
boost::asio::awaitable<std::optional<bool>> is_known_session(const site& shared, std::string room,
                                                             std::string session);

http_response fault_response(const request_head& to, const http_fault& fault);

}  // namespace innkeeper::transport
