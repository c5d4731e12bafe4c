// The server of examples/leaderboard, TESTED_LEADERBOARD in the environment, built as somebody
// outside this tree builds it.
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

server_options leaderboards() {
  const char* binary = std::getenv("TESTED_LEADERBOARD");
  if (binary == nullptr) throw std::runtime_error("TESTED_LEADERBOARD names no server.");
  server_options options;
  options.binary = binary;
  return options;
}

json next_json(websocket_client& of) {
  const auto event = of.next_event(5s);
  return event && event->what == client_event::kind::text ? json::parse(event->payload) : json();
}

const json empty_table = {{"top", json::array()}};
const json ann_seven = {{"top", {{{"player", "ann"}, {"score", 7}}}}};

}  // namespace

TEST_CASE("the example's server keeps scores over kill -9, and serves rooms too") {
  server_process server(leaderboards());
  boost::asio::io_context io;
  {
    websocket_client ann(io);
    websocket_client bob(io);
    websocket_client eve(io);
    REQUIRE(ann.connect(server.port(), "/objects/leaderboard/chess").accepted());
    REQUIRE(bob.connect(server.port(), "/objects/leaderboard/chess").accepted());
    REQUIRE(eve.connect(server.port(), "/objects/leaderboard/go").accepted());
    for (auto* client : {&ann, &bob, &eve}) CHECK(next_json(*client) == empty_table);
    ann.send_text(R"({"player":"ann","score":7})");
    CHECK(next_json(ann) == ann_seven);
    CHECK(next_json(bob) == ann_seven);
    CHECK(eve.nothing_for(0ms));
    websocket_client guest(io);
    REQUIRE(guest.connect(server.port(), "/websocket?room=lobby").accepted());
    CHECK(next_json(guest)["type"] == "config");
  }
  server.restart(SIGKILL);
  websocket_client ann(io);
  REQUIRE(ann.connect(server.port(), "/objects/leaderboard/chess").accepted());
  CHECK(next_json(ann) == ann_seven);
}

}  // namespace innkeeper::testing
