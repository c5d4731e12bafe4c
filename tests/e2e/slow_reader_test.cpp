// A client that takes nothing from its socket costs the server bounded memory and the others no
// time; what becomes of the client itself is the server's choice.
#include <algorithm>
#include <chrono>
#include <string>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/support/event_pump.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

constexpr int messages = 150;
constexpr std::size_t message_bytes = 1000000;
constexpr long resident_kib_max = 120L * 1024;  // less than all that was sent

void enter(websocket_client& client, const server_process& server) {
  REQUIRE(client.connect(server.port(), "/websocket?room=lobby").accepted());
  client.send_text(R"({"type":"subscribe","data":"chat"})");
  client.send_text(R"({"type":"profile"})");
  for (int frame = 0; frame < 3; ++frame) {  // config, profile, profile
    REQUIRE(client.next_event(5s).has_value());
  }
}

}  // namespace

TEST_CASE("a client that does not read costs bounded memory and holds up nobody", "[slow_reader]") {
  const server_process server(without_rates());
  boost::asio::io_context nobody_runs_this;
  websocket_client deaf(nobody_runs_this);
  enter(deaf, server);
  boost::asio::io_context io;
  websocket_client ann(io);
  enter(ann, server);
  const std::string chat = R"({"type":"chat","data":")" + std::string(message_bytes, 'x') + R"("})";
  long resident_max = 0;
  for (int i = 0; i < messages; ++i) {
    ann.send_text(chat);
    const auto heard = ann.next_event(5s);
    REQUIRE(heard.has_value());
    REQUIRE(heard->what == client_event::kind::text);
    resident_max = std::max(resident_max, server.resident_kib());
  }
  INFO("the server's memory reached " << resident_max << " KiB");
  CHECK(resident_max < resident_kib_max);
}

TEST_CASE("who asks for a room's state again and again costs bounded memory", "[slow_reader]") {
  constexpr int voters = 100;
  constexpr int polls = 10;
  constexpr int questions = 300;  // of a megabyte each
  const server_process server(without_rates());
  boost::asio::io_context io;
  for (int voter = 0; voter < voters; ++voter) {
    websocket_client each(io);
    REQUIRE(each.connect(server.port(), "/websocket?room=lobby").accepted());
    const auto answer = std::to_string(voter) + std::string(1000, 'x');
    for (int poll = 0; poll < polls; ++poll) {
      each.send_text(R"({"type":"poll","data":{"id":)" + std::to_string(poll) + R"(,"answer":")" +
                     answer + "\"}}");
    }
    each.send_text(R"({"type":"profile"})");
    for (int frame = 0; frame < 3; ++frame) REQUIRE(each.next_event(30s).has_value());
  }
  boost::asio::io_context nobody_runs_this;
  websocket_client deaf(nobody_runs_this);
  enter(deaf, server);
  websocket_client ann(io);
  enter(ann, server);
  for (int i = 0; i < questions; ++i) deaf.send_text(R"({"type":"subscribe","data":"poll"})");
  long resident_max = 0;
  for (int i = 0; i < 50; ++i) {
    ann.send_text(R"({"type":"profile"})");
    REQUIRE(ann.next_event(5s).has_value());
    resident_max = std::max(resident_max, server.resident_kib());
    pump_until(io, after(20ms), [] { return false; });
  }
  INFO("the server's memory reached " << resident_max << " KiB");
  CHECK(resident_max < resident_kib_max);
}

}  // namespace innkeeper::testing
