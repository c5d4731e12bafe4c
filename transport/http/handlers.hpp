#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "transport/http/remote_client.hpp"
#include "transport/http/responses.hpp"
#include "transport/loop/loop.hpp"
#include "transport/websocket/counterpart.hpp"

/// The table of handlers that the composition root gives to the HTTP side: a kind of objects may
/// have paths of its own. On the loop of the request's socket.
namespace innkeeper::transport {

struct server_context;

/// Answers some methods at one path; another route may answer others there. What is sent with a
/// method that does more than read is read first, within the bounds of limits.hpp, and pages of
/// foreign sites may not use it.
struct route {
  std::string path;
  std::function<boost::asio::awaitable<http_response>(const http_request&, const server_context&)>
      answer;
  std::vector<boost::beast::http::verb> methods{boost::beast::http::verb::get,
                                                boost::beast::http::verb::head};
};

/// A WebSocket on its way to its object.
struct upgrade {
  std::unique_ptr<counterpart> to;
  /// The loop of the object.
  loop* home = nullptr;
  http_request request;
};
using upgrade_result = std::variant<http_fault, upgrade>;

/// Takes WebSockets at one path. `foreign`: another site's page asks, which neither uses nor gets a
/// cookie.
struct upgrade_route {
  std::string path;
  std::function<boost::asio::awaitable<upgrade_result>(http_request, remote_client, bool foreign,
                                                       const server_context&)>
      read;
};

}  // namespace innkeeper::transport
