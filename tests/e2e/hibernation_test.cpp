// Rooms fall asleep under open sockets and wake when somebody says something. What a sleeping room
// forgets or keeps is told in conversations/sleep-*.json; here it is whether it sleeps at all.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/support/event_pump.hpp"
#include "tests/support/exact_json.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

constexpr int sleep_after_ms = 150;

double awake(const server_process& server) {
  return metric(server.port(), "innkeeper_rooms_awake");
}

/// Asks again and again, at most five seconds; the clients go on receiving meanwhile.
bool comes_true(boost::asio::io_context& io, const std::function<bool()>& what) {
  const deadline_point deadline = after(5s);
  while (!what()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    pump_until(io, after(5ms), [] { return false; });
  }
  return true;
}

void enter(websocket_client& client, const server_process& server, const std::string& room) {
  REQUIRE(client.connect(server.port(), "/websocket?room=" + room).accepted());
  REQUIRE(client.next_event(5s).has_value());  // config
  REQUIRE(client.next_event(5s).has_value());  // profile
}

double last_communication(const server_process& server) {
  const auto users = parse_exact(fetch(server.port(), {.target = "/users?room=one"}).body);
  return std::stod(number_text(users.value()["users"][0]["lastCommunication"]));
}

}  // namespace

TEST_CASE("rooms sleep under open sockets and wake on a message", "[hibernation]") {
  server_process server({.hibernate_after_ms = sleep_after_ms});
  boost::asio::io_context io;
  websocket_client ann(io);
  websocket_client bob(io);
  enter(ann, server, "one");
  enter(bob, server, "two");
  REQUIRE(comes_true(io, [&] { return awake(server) == 0; }));
  CHECK(metric(server.port(), "innkeeper_rooms_asleep") == 2);
  CHECK(metric(server.port(), "innkeeper_sockets") == 2);
  CHECK(ann.is_open());

  SECTION("a message wakes its room alone") {
    ann.send_text(R"({"type":"counter"})");
    CHECK(comes_true(io, [&] { return awake(server) == 1; }));
    CHECK(metric(server.port(), "innkeeper_rooms_asleep") == 1);
    CHECK(comes_true(io, [&] { return awake(server) == 0; }));
    CHECK(ann.nothing_for(0ms));
  }
  SECTION("a ping does not wake the room, but counts as communication") {
    const double before = last_communication(server);
    REQUIRE(comes_true(io, [&] { return awake(server) == 0; }));  // the question may wake it
    ann.send_ping("p");
    CHECK(ann.next_event(5s)->what == client_event::kind::pong);
    CHECK(awake(server) == 0);
    CHECK(last_communication(server) > before);
  }
  SECTION("a made-up type that nobody relays does not wake the room") {
    ann.send_text(R"({"type":"made up","data":1})");
    ann.send_ping("behind it");
    CHECK(ann.next_event(5s)->what == client_event::kind::pong);
    CHECK(awake(server) == 0);
  }
  SECTION("a socket that goes is counted") {
    ann.close(1000);
    CHECK(comes_true(io, [&] { return metric(server.port(), "innkeeper_sockets") == 1; }));
    bob.terminate();
    CHECK(comes_true(io, [&] { return metric(server.port(), "innkeeper_sockets") == 0; }));
    CHECK(comes_true(io, [&] { return metric(server.port(), "innkeeper_rooms_asleep") == 0; }));
  }
}

TEST_CASE("a room that is spoken to does not fall asleep", "[hibernation]") {
  server_process server({.hibernate_after_ms = 1000});
  boost::asio::io_context io;
  websocket_client ann(io);
  enter(ann, server, "one");
  for (int i = 0; i < 30; ++i) {
    ann.send_text(R"({"type":"profile"})");
    REQUIRE(ann.next_event(5s).has_value());
    REQUIRE(awake(server) == 1);
    pump_until(io, after(50ms), [] { return false; });
  }
}

TEST_CASE("the metrics tell how much memory sockets and rooms use", "[hibernation]") {
  server_process server;
  const auto before = metric(server.port(), "innkeeper_allocated_bytes");
  if (before < 0) return;  // built with a sanitizer, which has an allocator of its own
  boost::asio::io_context io;
  std::vector<std::unique_ptr<websocket_client>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<websocket_client>(io));
    enter(*clients.back(), server, "room" + std::to_string(i));
  }
  const auto each = (metric(server.port(), "innkeeper_allocated_bytes") - before) / 50;
  CHECK(each > 1000);
  CHECK(each < 50'000);
}

TEST_CASE("every socket gets a ping of the server in time, asleep or not", "[.slow]") {
  server_process server({.hibernate_after_ms = sleep_after_ms});
  boost::asio::io_context io;
  websocket_client ann(io, true);
  enter(ann, server, "one");
  const auto started = std::chrono::steady_clock::now();
  const auto ping = ann.next_event(40s);
  REQUIRE(ping.has_value());
  const exact_json frame = parse_exact(ping->payload).value();
  CHECK(frame["type"] == "ping");
  CHECK(is_number(frame["data"]));
  CHECK(frame.size() == 2);
  CHECK(std::chrono::steady_clock::now() - started > 20s);
  CHECK(awake(server) == 0);
}

}  // namespace innkeeper::testing
