#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "transport/outbox.hpp"
#include "transport/site.hpp"

/// One connection as long as it speaks HTTP: answers requests, and hands the socket to its room's
/// loop when one asks for a WebSocket.
namespace innkeeper::transport {

/// Ends when the connection does, or has become a WebSocket. Runs on the loop of the socket.
boost::asio::awaitable<void> serve_http(tcp_socket socket, std::shared_ptr<const site> shared);

}  // namespace innkeeper::transport
