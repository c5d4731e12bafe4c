// Connections to the server under flood, from any address of the loopback network: limits go by
// address, so who attacks and who is healthy come from different ones. One thread, one io_context.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace innkeeper::floods {

using tcp_socket = boost::asio::ip::tcp::socket;
using websocket = boost::beast::websocket::stream<tcp_socket>;

/// 127.NET.x.y, the same for the same number.
boost::asio::ip::address_v4 loopback_address(std::uint8_t net, std::uint32_t number);

/// Throws boost::system::system_error if it cannot connect.
boost::asio::awaitable<tcp_socket> connect_from(boost::asio::ip::address_v4 source,
                                                std::uint16_t port);

/// A socket that has been let into the room. Throws if it is not.
boost::asio::awaitable<websocket> enter(boost::asio::ip::address_v4 source, std::uint16_t port,
                                        std::string_view room);

boost::asio::awaitable<void> say(websocket& with, std::string_view text);

/// The request of a WebSocket handshake, as bytes.
std::string upgrade_request(std::string_view room);

/// A client's text frame with these bytes, 125 at most, masked with zeros.
std::string text_frame(std::string_view payload);

}  // namespace innkeeper::floods
