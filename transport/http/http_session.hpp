#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "transport/http/remote_client.hpp"
#include "transport/http/server_context.hpp"
#include "transport/socket/outbox.hpp"

/// One connection as long as it speaks HTTP: answers requests, and hands the socket to its room's
/// loop when one asks for a WebSocket.
namespace innkeeper::transport {

/// What is known of a connection before its first request.
struct arrival {
  peer from;
  connection_slot place;
  /// TLS is agreed on after that.
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();

  /// A limit turns it away, but it may ask one thing first: how the server is.
  struct turned_away {
    admission_control::refusal why;
    admission_control::probation held;
  };
  std::optional<turned_away> on_probation{};
};

/// Ends when the connection does, or has become a WebSocket. Runs on the loop of the socket.
boost::asio::awaitable<void> serve_http(tcp_socket socket, arrival came,
                                        std::shared_ptr<const server_context> context);

}  // namespace innkeeper::transport
