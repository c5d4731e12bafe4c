// A room that falls asleep all the time, while clients talk to it: a message may arrive before,
// behind or in the very moment of falling asleep, and must be answered once and in order.
#include <chrono>
#include <random>
#include <string>

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

constexpr int sleep_after_ms = 3;
constexpr int messages = 400;
constexpr unsigned seed = 20260701;

/// Around the time after which the room sleeps, sometimes much longer.
std::chrono::microseconds some_pause(std::mt19937& random) {
  const bool long_one = random() % 8 == 0;
  return std::chrono::microseconds(random() % (long_one ? 12000 : 5000));
}

void wait(boost::asio::io_context& io, std::chrono::microseconds time) {
  pump_until(io, std::chrono::steady_clock::now() + time, [] { return false; });
}

void enter(websocket_client& client, const server_process& server) {
  REQUIRE(client.connect(server.port(), "/websocket?room=dozing").accepted());
  client.send_text(R"({"type":"subscribe","data":"counter"})");
  client.send_text(R"({"type":"subscribe","data":"ephemeralPoll"})");
  client.send_text(R"({"type":"profile"})");
  for (int frame = 0; frame < 3; ++frame) {  // config, profile, profile
    REQUIRE(client.next_event(5s).has_value());
  }
}

exact_json next_frame(websocket_client& client) {
  const auto event = client.next_event(30s);  // shared disks stall for seconds now and then
  REQUIRE(event.has_value());
  return parse_exact(event->payload).value();
}

std::string details(const server_process& server, const std::string& key) {
  const auto answer = fetch(server.port(), {.target = "/details?room=dozing"});
  return number_text(parse_exact(answer.body).value()[key]);
}

}  // namespace

TEST_CASE("messages around the moment of falling asleep are answered once and in order",
          "[hibernation]") {
  const server_process server({.hibernate_after_ms = sleep_after_ms});
  boost::asio::io_context io;
  websocket_client ann(io);
  websocket_client bob(io);
  enter(ann, server);
  enter(bob, server);
  std::mt19937 random(seed);
  for (int i = 1; i <= messages; ++i) {
    INFO("message " << i);
    websocket_client& speaker = i % 2 == 0 ? ann : bob;
    speaker.send_text(R"({"type":"counter","data":{"id":"c","value":1}})");
    const std::string vote = std::to_string(i);
    speaker.send_text(R"({"type":"ephemeralPoll","data":{"id":"e","answer":)" + vote + "}}");
    for (websocket_client* client : {&ann, &bob}) {
      CHECK(number_text(next_frame(*client)["data"]["value"]) == std::to_string(i));
      const exact_json stats = next_frame(*client)["data"]["stats"];
      CHECK(stats.size() == (i == 1 ? 1u : 2u));
      CHECK(stats.contains(vote));
    }
    wait(io, some_pause(random));
  }
  CHECK(details(server, "count") == "2");
}

TEST_CASE("clients who come and go around the moment of falling asleep are all counted",
          "[hibernation]") {
  const server_process server({.hibernate_after_ms = sleep_after_ms});
  boost::asio::io_context io;
  websocket_client witness(io);
  enter(witness, server);
  std::mt19937 random(seed + 1);
  for (int i = 1; i <= messages / 4; ++i) {
    INFO("visitor " << i);
    websocket_client visitor(io);
    enter(visitor, server);
    wait(io, some_pause(random));
    visitor.send_text(R"({"type":"ephemeralPoll","data":{"id":"e","answer":"here"}})");
    CHECK(next_frame(witness)["data"]["stats"].size() == 1);
    wait(io, some_pause(random));
    visitor.terminate();
    CHECK(next_frame(witness)["data"]["stats"].empty());
    wait(io, some_pause(random));
  }
  CHECK(details(server, "count") == "1");
  CHECK(details(server, "increment") == std::to_string(1 + messages / 4));
  CHECK(details(server, "incrementSinceRestart") == std::to_string(1 + messages / 4));
}

TEST_CASE("a room with a socket keeps its time of birth while it sleeps", "[hibernation]") {
  const server_process server({.hibernate_after_ms = sleep_after_ms});
  boost::asio::io_context io;
  websocket_client ann(io);
  enter(ann, server);
  const std::string birth = details(server, "bootupTime");
  for (int i = 0; i < 5; ++i) {
    wait(io, 20ms);
    CHECK(details(server, "bootupTime") == birth);
  }
}

}  // namespace innkeeper::testing
