// How long the server waits for whom: who takes nothing, who says nothing, who does not come to the
// point of its request.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <thread>

#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
using boost::asio::io_context;
using boost::asio::ip::tcp;
using clock = std::chrono::steady_clock;

server_options with(std::vector<std::string> arguments) {
  auto options = without_rates();
  options.arguments = std::move(arguments);
  return options;
}

void enter(websocket_client& client, const server_process& server) {
  REQUIRE(client.connect(server.port(), "/websocket?room=lobby").accepted());
  client.send_text(R"({"type":"subscribe","data":"chat"})");
  client.send_text(R"({"type":"profile"})");
  for (int frame = 0; frame < 3; ++frame) REQUIRE(client.next_event(5s).has_value());
}

/// Ann talks; whoever is deaf takes nothing from its socket until it is asked for its events.
struct company {
  explicit company(const server_process& server) {
    enter(deaf, server);
    enter(ann, server);
  }

  io_context nobody_runs_this;
  websocket_client deaf{nobody_runs_this};
  io_context io;
  websocket_client ann{io};
};

/// The close that comes behind whatever was sent before.
client_event end_of(websocket_client& client, std::chrono::milliseconds time) {
  const auto deadline = clock::now() + time;
  while (clock::now() < deadline) {
    auto event = client.next_event(time);
    REQUIRE(event.has_value());
    if (event->what == client_event::kind::closed) return *event;
  }
  FAIL("the connection was not closed");
  return {};
}

/// How long the server keeps a connection that sends a byte every 50 ms and never a whole request.
clock::duration life_of_a_slow_request(const server_process& server) {
  io_context io;
  tcp::socket socket(io);
  socket.connect({boost::asio::ip::make_address("127.0.0.1"), server.port()});
  const auto begin = clock::now();
  boost::asio::steady_timer pause(io);
  std::function<void()> drip = [&] {
    boost::system::error_code gone;
    boost::asio::write(socket, boost::asio::buffer("G", 1), gone);
    pause.expires_after(50ms);
    pause.async_wait([&](boost::system::error_code cancelled) {
      if (!cancelled) drip();
    });
  };
  drip();
  char answer = 0;
  boost::asio::async_read(socket, boost::asio::buffer(&answer, 1),
                          [&](boost::system::error_code, std::size_t) { io.stop(); });
  io.run_for(10s);
  return clock::now() - begin;
}

/// Asks for far more than the kernel keeps between two sockets, waits, and takes what there is.
std::size_t answers_taken_late(const server_process& server, std::size_t requests) {
  io_context io;
  tcp::socket socket(io);
  socket.connect({boost::asio::ip::make_address("127.0.0.1"), server.port()});
  std::string asked;
  for (std::size_t i = 0; i < requests; ++i) asked += "GET / HTTP/1.1\r\nHost: here\r\n\r\n";
  boost::asio::write(socket, boost::asio::buffer(asked));
  socket.shutdown(tcp::socket::shutdown_send);
  std::this_thread::sleep_for(1500ms);
  std::string answers;
  boost::system::error_code end;
  boost::asio::read(socket, boost::asio::dynamic_buffer(answers), end);
  std::size_t count = 0;
  for (auto at = answers.find("</html>"); at != std::string::npos;
       at = answers.find("</html>", at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("who takes nothing of what waits is closed with 1013", "[patience]") {
  constexpr std::size_t chat_bytes = 1'000'000;
  constexpr int chats = 12;  // more than the kernel keeps between two sockets
  const server_process server(with({"--stall-ms", "300", "--waiting-bytes", "0"}));
  company here(server);
  for (int i = 0; i < chats; ++i) {
    here.ann.send_text(R"({"type":"chat","data":")" + std::string(chat_bytes, 'x') + R"("})");
    REQUIRE(here.ann.next_event(5s).has_value());
  }
  std::this_thread::sleep_for(1s);
  CHECK(end_of(here.deaf, 10s).code == 1013);
  here.ann.send_text(R"({"type":"profile"})");
  CHECK(here.ann.next_event(5s).has_value());
}

TEST_CASE("with more waiting than may wait, a client is closed with 1013", "[patience]") {
  const server_process server(with({"--waiting-bytes", "1000000", "--stall-ms", "0"}));
  company here(server);
  for (int i = 0; i < 20; ++i) {
    here.ann.send_text(R"({"type":"chat","data":")" + std::string(900'000, 'x') + R"("})");
    REQUIRE(here.ann.next_event(5s).has_value());
  }
  CHECK(end_of(here.deaf, 10s).code == 1013);
}

TEST_CASE("while the whole process stands still nobody's time runs", "[patience]") {
  server_process server(with({"--silence-ms", "1500"}));
  io_context io;
  websocket_client waits(io);
  websocket_client talks(io);
  enter(waits, server);
  enter(talks, server);
  server.kill(SIGSTOP);
  std::this_thread::sleep_for(4s);
  server.kill(SIGCONT);
  CHECK(waits.nothing_for(3s));  // pings are answered while it waits
  CHECK(waits.is_open());
  CHECK(talks.is_open());
  io_context nobody_runs_this;
  websocket_client silent(nobody_runs_this);
  enter(silent, server);
  std::this_thread::sleep_for(2500ms);
  CHECK(end_of(silent, 5s).code == 1001);
}

TEST_CASE("who sends nothing, not even a pong, is closed with 1001", "[patience]") {
  const server_process server(with({"--silence-ms", "800"}));
  company here(server);
  CHECK(here.ann.nothing_for(2s));  // pings are answered while it waits
  CHECK(end_of(here.deaf, 5s).code == 1001);
  CHECK(here.ann.is_open());
}

TEST_CASE("a request that does not come to its end in time is given up", "[patience]") {
  const server_process server(with({"--handshake-ms", "600"}));
  const auto life = life_of_a_slow_request(server);
  CHECK(life >= 550ms);
  CHECK(life < 5s);
}

TEST_CASE("an answer that is not taken in time is given up, and the connection", "[patience]") {
  constexpr std::size_t requests = 4000;
  const server_process hasty(with({"--response-ms", "300"}));
  CHECK(answers_taken_late(hasty, requests) < requests);
  const server_process patient(with({"--response-ms", "0"}));
  CHECK(answers_taken_late(patient, requests) == requests);
}

}  // namespace innkeeper::testing
