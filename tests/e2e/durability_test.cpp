// The first promise of the server: what a client was told is on disk. The process is killed again
// and again while it works, and what it has told is held against what it knows afterwards.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/support/event_pump.hpp"
#include "tests/support/exact_json.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

constexpr int increments_per_round = 60;

/// INNKEEPER_KILLS says how often the server is killed.
int kills() {
  constexpr int in_short = 20;
  const char* wanted = std::getenv("INNKEEPER_KILLS");
  return wanted == nullptr ? in_short : std::stoi(wanted);
}

/// What was sent, and the most that any frame has told of.
struct account {
  long sent = 0;
  long told = 0;
};

struct ledger {
  account counter;
  account votes;  // in poll p, for answer x

  /// True if the event told of one of the two.
  bool note(const client_event& event) {
    if (event.what != client_event::kind::text) {
      return false;
    }
    const exact_json frame = parse_exact(event.payload).value();
    if (frame["type"] == "counter") {
      counter.told = std::max(counter.told, std::stol(number_text(frame["data"]["value"])));
      return true;
    }
    if (frame["type"] == "poll") {
      votes.told = std::max(votes.told, std::stol(number_text(frame["data"]["stats"]["x"])));
      return true;
    }
    return false;
  }
};

void enter(websocket_client& client, const server_process& server, const std::string& session) {
  REQUIRE(client.connect(server.port(), "/websocket?room=vault&session=" + session).accepted());
  REQUIRE(client.next_event(5s).has_value());  // config
  REQUIRE(client.next_event(5s).has_value());  // profile
  client.send_text(R"({"type":"subscribe","data":"counter:c"})");
  client.send_text(R"({"type":"subscribe","data":"poll:p"})");
}

/// Says a lot, and kills the server in the middle of answering.
void work_until_killed(server_process& server, ledger& book, int round) {
  boost::asio::io_context io;
  websocket_client client(io);
  enter(client, server, "session" + std::to_string(round));
  const int frames_before_kill = 1 + (round * 23) % increments_per_round;
  int heard = round == 0 ? 0 : -2;  // the present values come first, if there are any
  for (int i = 0; i < increments_per_round; ++i) {
    client.send_text(R"({"type":"counter","data":{"id":"c","value":1}})");
    ++book.counter.sent;
    if (i == round % increments_per_round) {
      client.send_text(R"({"type":"poll","data":{"id":"p","answer":"x"}})");
      ++book.votes.sent;
    }
  }
  while (heard < frames_before_kill) {
    const auto event = client.next_event(10s);
    REQUIRE(event.has_value());
    heard += book.note(*event) ? 1 : 0;
  }
  server.kill(SIGKILL);
  server.wait();
  while (const auto event = client.next_event(2s)) {
    book.note(*event);  // it left before the end, so it counts as told
    if (event->what == client_event::kind::closed) {
      break;
    }
  }
}

/// What a newcomer hears of the present values.
ledger known_by(const server_process& server) {
  boost::asio::io_context io;
  websocket_client client(io);
  enter(client, server, "auditor");
  client.send_text(R"({"type":"profile"})");
  ledger found;
  for (auto event = client.next_event(5s); event && found.note(*event);) {
    event = client.next_event(5s);
  }
  return found;
}

}  // namespace

TEST_CASE("nothing that was told is lost when the server is killed at work", "[durability]") {
  server_process server;
  ledger book;
  for (int round = 0; round < kills(); ++round) {
    INFO("round " << round);
    work_until_killed(server, book, round);
    server.start();
    const ledger found = known_by(server);
    CHECK(found.counter.told >= book.counter.told);
    CHECK(found.counter.told <= book.counter.sent);
    CHECK(found.votes.told >= book.votes.told);
    CHECK(found.votes.told <= book.votes.sent);
    book.counter = {found.counter.told, found.counter.told};  // what came of it is settled now
    book.votes = {found.votes.told, found.votes.told};
  }
  CHECK(book.counter.told > kills());
  std::cout << kills() << " kills: " << book.counter.told << " increments and " << book.votes.told
            << " votes kept, none lost\n";
}

}  // namespace innkeeper::testing
