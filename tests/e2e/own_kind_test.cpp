// A server with a kind of object of somebody's own: the rate limiter of docs/durable-objects.md,
// reached by WebSocket.
#include <chrono>
#include <csignal>
#include <functional>
#include <string>

#include <sqlite3.h>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/support/event_pump.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

const std::string admission_control = "/objects/rate_limiter/door";

server_options rate_limiter() {
  server_options options;
  options.hibernate_after_ms = 100;
  options.binary = INNKEEPER_RATE_LIMITER_SERVER;
  return options;
}

std::string answer(websocket_client& to, const std::string& caller) {
  to.send_text(caller);
  const auto event = to.next_event(5s);
  return event ? event->show() : "nothing";
}

/// As if the minute were over: the time of every alarm is moved into the past.
void make_alarms_overdue(const server_process& stopped) {
  sqlite3* file = nullptr;
  REQUIRE(sqlite3_open(stopped.data_file().c_str(), &file) == SQLITE_OK);
  const char* moved = "UPDATE objects SET alarm_ms = 1 WHERE alarm_ms IS NOT NULL";
  CHECK(sqlite3_exec(file, moved, nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(sqlite3_changes(file) == 1);
  sqlite3_close(file);
}

bool has_no_alarm(const server_process& running) {
  sqlite3* file = nullptr;
  sqlite3_stmt* question = nullptr;
  REQUIRE(sqlite3_open_v2(running.data_file().c_str(), &file, SQLITE_OPEN_READONLY, nullptr) ==
          SQLITE_OK);
  const char* text = "SELECT count(*) FROM objects WHERE alarm_ms IS NOT NULL";
  REQUIRE(sqlite3_prepare_v2(file, text, -1, &question, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(question) == SQLITE_ROW);
  const bool none = sqlite3_column_int(question, 0) == 0;
  sqlite3_finalize(question);
  sqlite3_close(file);
  return none;
}

bool comes_true(boost::asio::io_context& io, const std::function<bool()>& what) {
  const auto deadline = after(10s);
  while (!what()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    pump_until(io, after(5ms), [] { return false; });
  }
  return true;
}

}  // namespace

TEST_CASE("an object of somebody's own kind serves sockets, over sleep and kill -9", "[objects]") {
  server_process server(rate_limiter());
  boost::asio::io_context io;
  {
    websocket_client ann(io);
    REQUIRE(ann.connect(server.port(), admission_control).accepted());
    for (int i = 0; i < 3; ++i) CHECK(answer(ann, "ann") == "in");
    CHECK(answer(ann, "ann") == "out");
    CHECK(answer(ann, "bob") == "in");

    const auto asleep = [&] { return metric(server.port(), "innkeeper_rooms_awake") == 0; };
    REQUIRE(comes_true(io, asleep));
    CHECK(ann.is_open());
    CHECK(answer(ann, "ann") == "out");

    server.kill(SIGKILL);
    server.wait();
    CHECK(ann.next_event(5s)->what == client_event::kind::closed);
  }
  server.start();
  websocket_client ann(io);
  REQUIRE(ann.connect(server.port(), admission_control).accepted());
  CHECK(answer(ann, "ann") == "out");

  server.kill(SIGKILL);
  server.wait();
  make_alarms_overdue(server);
  server.start();
  CHECK(comes_true(io, [&] { return has_no_alarm(server); }));  // though nobody has come
  REQUIRE(ann.connect(server.port(), admission_control).accepted());
  CHECK(answer(ann, "ann") == "in");
}

TEST_CASE("objects of one kind are apart by name, and an orderly stop says goodbye", "[objects]") {
  server_process server(rate_limiter());
  boost::asio::io_context io;
  websocket_client front(io);
  websocket_client back(io);
  websocket_client same(io);
  REQUIRE(front.connect(server.port(), admission_control).accepted());
  REQUIRE(back.connect(server.port(), "/objects/rate_limiter/back%20door?x=1").accepted());
  REQUIRE(same.connect(server.port(), "/objects/rate_limiter/back%20door").accepted());
  for (int i = 0; i < 3; ++i) CHECK(answer(front, "ann") == "in");
  CHECK(answer(front, "ann") == "out");
  for (int i = 0; i < 3; ++i) CHECK(answer(back, "ann") == "in");
  CHECK(answer(same, "ann") == "out");
  CHECK(same.nothing_for(0ms));
  CHECK(metric(server.port(), "innkeeper_sockets") == 3);
  CHECK(server.stop(SIGTERM).code == 0);
  for (auto* client : {&front, &back, &same}) {
    const auto last = client->next_event(5s);
    REQUIRE(last.has_value());
    CHECK(last->code == 1001);
  }
}

TEST_CASE("only kinds that the server was made with are reached, and by good names", "[objects]") {
  server_process server(rate_limiter());
  const auto status_of = [&](const std::string& target) {
    boost::asio::io_context io;
    return websocket_client(io).connect(server.port(), target).status;
  };
  CHECK(status_of("/objects/rate_limiter/door") == 101);
  CHECK(status_of("/websocket?room=r") == 101);
  CHECK(status_of("/objects/room/r") == 404);
  CHECK(status_of("/objects/other/door") == 404);
  CHECK(status_of("/objects/rate_limiter") == 404);
  CHECK(status_of("/objects/rate_limiter/a/b") == 404);
  CHECK(status_of("/objects/rate_limiter/a%2Fb") == 101);
  CHECK(status_of("/objects/rate_limiter/") == 400);
  CHECK(status_of("/objects/rate_limiter/%0A") == 400);
  CHECK(status_of("/objects/rate_limiter/" + std::string(255, 'a')) == 101);
  CHECK(status_of("/objects/rate_limiter/" + std::string(256, 'a')) == 400);
  CHECK(status_of("/echo") == 404);
  CHECK(fetch(server.port(), {.target = admission_control}).status == 400);
  CHECK(fetch(server.port(), {.target = admission_control, .method = "POST"}).status == 405);
}

}  // namespace innkeeper::testing
