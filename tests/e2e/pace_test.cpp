// What a client meets that sends too fast, reads too slowly, or is silent for a while.
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* chat = R"({"type":"chat","data":"hello"})";
constexpr const char* count = R"({"type":"counter","data":{"id":"c","value":1}})";

void enter(websocket_client& client, const server_process& server,
           const std::map<std::string, std::string>& headers = {}) {
  REQUIRE(client.connect(server.port(), "/websocket?room=lobby", headers).accepted());
  for (int frame = 0; frame < 2; ++frame) {  // config, profile
    REQUIRE(client.next_event(5s).has_value());
  }
}

void subscribe(websocket_client& client, const std::string& channel) {
  client.send_text(R"({"type":"subscribe","data":")" + channel + R"("})");
  client.send_text(R"({"type":"profile"})");
  REQUIRE(client.next_event(5s).has_value());
}

client_event next(websocket_client& client) {
  const auto event = client.next_event(10s);
  REQUIRE(event.has_value());
  return *event;
}

bool is_rate_error(const client_event& event) {
  return event.payload.find("\"rate_limited\"") != std::string::npos;
}

}  // namespace

TEST_CASE("a client that sends too fast is told, and closed if it goes on", "[pace]") {
  server_options slow;
  slow.arguments = {"--messages-per-second", "1", "--messages-burst", "5"};
  const server_process server(slow);
  boost::asio::io_context io;
  websocket_client ann(io);
  enter(ann, server);
  for (int i = 0; i < 6; ++i) ann.send_text(R"({"type":"profile"})");
  int profiles = 0;
  int errors = 0;
  for (int i = 0; i < 6; ++i) (is_rate_error(next(ann)) ? errors : profiles) += 1;
  CHECK(profiles == 5);
  CHECK(errors == 1);
  for (int i = 0; i < 30; ++i) ann.send_text(chat);
  auto event = next(ann);
  while (event.what == client_event::kind::text) event = next(ann);
  CHECK(event.what == client_event::kind::closed);
  CHECK(event.code == 1008);
}

TEST_CASE("a room takes only so many messages and sockets", "[pace]") {
  server_options small;
  small.arguments = {
      "--room-messages-per-second", "1", "--room-messages-burst", "5", "--room-sockets", "2"};
  const server_process server(small);
  boost::asio::io_context io;
  websocket_client ann(io);
  websocket_client bob(io);
  websocket_client eve(io);
  enter(ann, server);
  enter(bob, server);
  CHECK(eve.connect(server.port(), "/websocket?room=lobby").status == 503);
  for (int i = 0; i < 5; ++i) ann.send_text(R"({"type":"profile"})");
  for (int i = 0; i < 5; ++i) CHECK_FALSE(is_rate_error(next(ann)));
  bob.send_text(R"({"type":"profile"})");
  CHECK(is_rate_error(next(bob)));
  // Nobody would hear him any more if that were refused.
  bob.send_text(R"({"type":"close"})");
  const auto end = next(bob);
  CHECK(end.what == client_event::kind::closed);
  CHECK(end.code == 1000);
}

TEST_CASE("whoever crowds a room leaves a part of it to other addresses", "[pace]") {
  server_options small;
  small.arguments = {"--room-messages-per-second", "1",        "--room-messages-burst", "8",
                     "--trusted-proxies",          "127.0.0.1"};
  const server_process server(small);
  boost::asio::io_context io;
  websocket_client loud(io);
  websocket_client louder(io);
  websocket_client quiet(io);
  enter(loud, server, {{"X-Forwarded-For", "192.0.2.1"}});
  enter(louder, server, {{"X-Forwarded-For", "192.0.2.1"}});
  enter(quiet, server, {{"X-Forwarded-For", "192.0.2.2"}});
  constexpr int half_and_a_quarter = 5 + 2;  // the half is passed by the fifth
  for (int i = 0; i < half_and_a_quarter; ++i) {
    loud.send_text(R"({"type":"profile"})");
    CHECK_FALSE(is_rate_error(next(loud)));
  }
  for (auto* who : {&loud, &louder}) {
    who->send_text(R"({"type":"profile"})");
    CHECK(is_rate_error(next(*who)));
  }
  quiet.send_text(R"({"type":"profile"})");
  CHECK_FALSE(is_rate_error(next(quiet)));
}

TEST_CASE("the clients of one address together send as much as twenty of them", "[pace]") {
  server_options slow;
  slow.arguments = {"--messages-per-second", "1", "--messages-burst", "2"};
  const server_process server(slow);
  boost::asio::io_context io;
  std::vector<std::unique_ptr<websocket_client>> clients;
  int errors = 0;
  constexpr int more_than_twenty = 25;
  for (int i = 0; i < more_than_twenty; ++i) {
    auto& client = *clients.emplace_back(std::make_unique<websocket_client>(io));
    enter(client, server);
    for (int message = 0; message < 2; ++message) {
      client.send_text(R"({"type":"profile"})");
      errors += is_rate_error(next(client)) ? 1 : 0;
      if (errors > 0) break;  // it is told once a second
    }
  }
  CHECK(errors > 0);
}

TEST_CASE("a client that sends much and no message is closed", "[pace]") {
  const server_process server;
  boost::asio::io_context io;
  websocket_client ann(io);
  enter(ann, server);
  std::string nothings;
  while (nothings.size() < std::size_t{1024} * 1024) nothings += std::string("\x00\x80\0\0\0\0", 6);
  ann.send_bytes(std::string("\x01\x80\0\0\0\0", 6));
  std::optional<client_event> end;
  for (int megabytes = 0; megabytes < 64 && !end; ++megabytes) {
    ann.send_bytes(nothings);
    end = ann.next_event(10ms);
  }
  if (!end) end = ann.next_event(5s);
  REQUIRE(end.has_value());
  CHECK(end->code == 1008);
}

TEST_CASE("a client that reads late gets all chat, and of a counter the newest value", "[pace]") {
  constexpr int chats = 20;
  constexpr int counts = 300;
  server_options patient;
  patient.arguments = {"--waiting-bytes",    "0", "--messages-per-second",      "0",
                       "--bytes-per-second", "0", "--room-messages-per-second", "0"};
  const server_process server(patient);
  boost::asio::io_context late_io;
  websocket_client late(late_io);
  enter(late, server);
  subscribe(late, "chat");
  subscribe(late, "counter");
  boost::asio::io_context io;
  websocket_client ann(io);
  enter(ann, server);
  const std::string big = R"({"type":"chat","data":")" + std::string(1000000, 'x') + R"("})";
  for (int i = 0; i < chats; ++i) ann.send_text(big);
  for (int i = 0; i < counts; ++i) ann.send_text(count);
  ann.send_text(R"({"type":"profile"})");
  REQUIRE(next(ann).what == client_event::kind::text);  // everything before has left
  int chats_heard = 0;
  int counts_heard = 0;
  std::string last;
  while (last.find("300}") == std::string::npos) {
    last = next(late).payload;
    (last.find("\"counter\"") != std::string::npos ? counts_heard : chats_heard) += 1;
  }
  CHECK(chats_heard == chats);
  CHECK(counts_heard == 1);
}

TEST_CASE("a client that has been quiet for a while is heard as before", "[pace]") {
  const server_process server;
  boost::asio::io_context io;
  websocket_client ann(io);
  enter(ann, server);
  subscribe(ann, "chat");
  for (int round = 0; round < 2; ++round) {
    REQUIRE(ann.nothing_for(1500ms));
    ann.send_ping("still there?");
    CHECK(next(ann).payload == "still there?");
    REQUIRE(ann.nothing_for(1500ms));
    ann.send_text(chat);
    CHECK(next(ann).payload.find("hello") != std::string::npos);
    ann.send_fragment(R"({"type":)", false);
    REQUIRE(ann.nothing_for(1500ms));
    ann.send_fragment(R"("chat","data":"in parts"})", true);
    CHECK(next(ann).payload.find("in parts") != std::string::npos);
  }
  REQUIRE(ann.nothing_for(1500ms));
  ann.close(1000);
  CHECK(next(ann).code == 1000);
}

}  // namespace innkeeper::testing
