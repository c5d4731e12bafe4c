// Many clients in one room at once: every one of them hears everything, once, in the same order.
#include <chrono>
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

constexpr int clients = 80;
constexpr int messages_per_client = 5;
constexpr int answers_max = 100;

using crowd = std::vector<std::unique_ptr<websocket_client>>;

crowd gather(boost::asio::io_context& io, const server_process& server, int count,
             const std::string& channel) {
  crowd all;
  for (int i = 0; i < count; ++i) {
    all.push_back(std::make_unique<websocket_client>(io));
    REQUIRE(all.back()->connect(server.port(), "/websocket?room=crowd").accepted());
    all.back()->send_text(R"({"type":"subscribe","data":")" + channel + "\"}");
    all.back()->send_text(R"({"type":"profile"})");
  }
  for (const auto& client : all) {
    for (int frame = 0; frame < 3; ++frame) {  // config, profile, profile
      REQUIRE(client->next_event(10s).has_value());
    }
  }
  return all;
}

}  // namespace

TEST_CASE("everybody in a crowd hears every count once and in order", "[crowd]") {
  const server_process server;
  boost::asio::io_context io;
  const crowd all = gather(io, server, clients, "counter");
  for (int i = 0; i < messages_per_client; ++i) {
    for (const auto& client : all) {
      client->send_text(R"({"type":"counter","data":{"id":"c","value":1}})");
    }
  }
  for (const auto& client : all) {
    for (int count = 1; count <= clients * messages_per_client; ++count) {
      const auto event = client->next_event(20s);
      REQUIRE(event.has_value());
      const std::string value = "\"value\":" + std::to_string(count) + "}";
      REQUIRE(event->payload.find(value) != std::string::npos);
    }
  }
  CHECK(pump_until(io, after(100ms), [] { return false; }) == false);
  for (const auto& client : all) {
    CHECK(client->events().empty());
  }
  const auto details =
      parse_exact(fetch(server.port(), {.target = "/details?room=crowd"}).body).value();
  CHECK(number_text(details["count"]) == std::to_string(clients));
  CHECK(number_text(details["uniqueCount"]) == std::to_string(clients));
}

TEST_CASE("a poll takes a hundred answers and refuses one more", "[crowd]") {
  const server_process server;
  boost::asio::io_context io;
  const crowd all = gather(io, server, answers_max + 1, "unheard");
  for (int i = 0; i <= answers_max; ++i) {
    websocket_client& client = *all[static_cast<std::size_t>(i)];
    client.send_text(R"({"type":"poll","data":{"id":"p","answer":)" + std::to_string(i) + "}}");
    client.send_text(R"({"type":"profile"})");
    const auto event = client.next_event(10s);
    REQUIRE(event.has_value());
    const bool refused = event->payload.find("\"code\":\"limit\"") != std::string::npos;
    CHECK(refused == (i == answers_max));
  }
}

}  // namespace innkeeper::testing
