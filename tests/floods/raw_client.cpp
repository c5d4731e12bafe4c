#include "tests/floods/raw_client.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace innkeeper::floods {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

}  // namespace

asio::ip::address_v4 loopback_address(std::uint8_t net, std::uint32_t number) {
  constexpr std::uint32_t hosts = 250 * 250;
  const auto host = number % hosts;
  const auto third = static_cast<std::uint8_t>(host / 250 + 1);
  const auto fourth = static_cast<std::uint8_t>(host % 250 + 1);
  return asio::ip::address_v4({127, net, third, fourth});
}

asio::awaitable<tcp_socket> connect_from(asio::ip::address_v4 source, std::uint16_t port) {
  tcp_socket connecting(co_await asio::this_coro::executor, tcp::v4());
  connecting.bind({source, 0});
  co_await connecting.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
  connecting.set_option(tcp::no_delay(true));
  co_return connecting;
}

asio::awaitable<websocket> enter(asio::ip::address_v4 source, std::uint16_t port,
                                 std::string_view room) {
  websocket entering(co_await connect_from(source, port));
  const auto target = "/websocket?room=" + std::string(room);
  co_await entering.async_handshake("127.0.0.1", target, asio::use_awaitable);
  co_return entering;
}

asio::awaitable<void> say(websocket& with, std::string_view text) {
  co_await with.async_write(asio::buffer(text), asio::use_awaitable);
}

std::string upgrade_request(std::string_view room) {
  return "GET /websocket?room=" + std::string(room) +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
}

std::string text_frame(std::string_view payload) {
  constexpr char fin_and_text = static_cast<char>(0x81);
  constexpr std::size_t masked = 0x80;
  std::string frame{fin_and_text, static_cast<char>(masked | payload.size())};
  frame.append(4, '\0');  // the mask
  return frame.append(payload);
}

}  // namespace innkeeper::floods
