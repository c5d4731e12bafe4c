// A client may send its first messages in the same packet as its upgrade request. No WebSocket
// library does that, so the bytes are written by hand here.
#include <array>
#include <chrono>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "tests/support/event_pump.hpp"
#include "tests/support/server_process.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

const std::string upgrade_request =
    "GET /websocket?room=lobby HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A whole text message with a mask of zeros; shorter than 126 bytes.
std::string text_frame(const std::string& text) {
  std::string frame = {'\x81', static_cast<char>(0x80 | text.size())};
  frame.append(4, '\0');
  return frame + text;
}

/// Everything that comes until `last` has come, or five seconds are over.
std::string receive_until(asio::io_context& io, asio::ip::tcp::socket& socket,
                          const std::string& last) {
  std::string all;
  std::array<char, 4096> piece{};
  const deadline_point deadline = after(5s);
  while (all.find(last) == std::string::npos) {
    std::size_t size = 0;
    bool done = false;
    socket.async_read_some(asio::buffer(piece), [&](boost::system::error_code, std::size_t n) {
      size = n;
      done = true;
    });
    if (!pump_until(io, deadline, [&] { return done; }) || size == 0) {
      socket.close();
      pump_until(io, after(1s), [&] { return done; });
      break;
    }
    all.append(piece.data(), size);
  }
  return all;
}

}  // namespace

TEST_CASE("messages in the packet of the upgrade request are handled in order", "[early]") {
  const server_process server;
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), server.port()});
  asio::write(socket, asio::buffer(upgrade_request +
                                   text_frame(R"({"type":"subscribe","data":"counter"})") +
                                   text_frame(R"({"type":"counter","data":{"value":5}})") +
                                   text_frame(R"({"type":"profile"})") +
                                   text_frame(R"({"type":"counter","data":{"value":2}})")));
  const std::string all = receive_until(io, socket, R"("value":7)");
  INFO(all);
  const std::size_t config = all.find(R"({"type":"config")");
  const std::size_t first_profile = all.find(R"({"type":"profile")");
  const std::size_t five = all.find(R"("value":5)");
  const std::size_t second_profile = all.find(R"({"type":"profile")", five);
  const std::size_t seven = all.find(R"("value":7)");
  REQUIRE(seven != std::string::npos);
  REQUIRE(second_profile != std::string::npos);
  CHECK(all.starts_with("HTTP/1.1 101"));
  CHECK(config < first_profile);
  CHECK(first_profile < five);
  CHECK(five < second_profile);
  CHECK(second_profile < seven);
}

}  // namespace innkeeper::testing
