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

const std::string limiter = "/objects/rate_limiter/door";

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
    REQUIRE(ann.connect(server.port(), limiter).accepted());
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
  REQUIRE(ann.connect(server.port(), limiter).accepted());
  CHECK(answer(ann, "ann") == "out");

  server.kill(SIGKILL);
  server.wait();
  make_alarms_overdue(server);
  server.start();
  CHECK(comes_true(io, [&] { return has_no_alarm(server); }));  // though nobody has come
  REQUIRE(ann.connect(server.port(), limiter).accepted());
  CHECK(answer(ann, "ann") == "in");
}

TEST_CASE("objects of one kind are apart by name, and an orderly stop says goodbye", "[objects]") {
  server_process server(rate_limiter());
  boost::asio::io_context io;
  websocket_client front(io);
  websocket_client back(io);
  websocket_client same(io);
  REQUIRE(front.connect(server.port(), limiter).accepted());
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
}

TEST_CASE("an object is asked by HTTP, and its answer waits for what it tells of", "[objects]") {
  server_process server(rate_limiter());
  const auto asked = [&](const std::string& target, const std::string& method = "GET") {
    return fetch(server.port(), {.target = target, .method = method});
  };
  CHECK(asked(limiter + "/ann").body == R"({"left":3})");
  boost::asio::io_context io;
  websocket_client client(io);
  REQUIRE(client.connect(server.port(), limiter).accepted());
  CHECK(answer(client, "ann") == "in");
  const auto after = asked(limiter + "/ann?x=y");
  CHECK(after.status == 200);
  CHECK(after.media_type() == "application/json");
  CHECK(after.body == R"({"left":2})");
  CHECK(asked(limiter + "/ann", "HEAD").body.empty());
  CHECK(asked(limiter).status == 405);
  CHECK(asked(limiter + "/ann", "POST").status == 405);
  CHECK(asked(limiter + "/ann", "DELETE").status == 405);
  CHECK(asked("/objects/other/door/ann").status == 404);
  CHECK(asked("/objects/other/door/ann").body.find("no kind") != std::string::npos);
  CHECK(asked("/objects/room/lobby/details").status == 404);
}

TEST_CASE("what an object is sent by HTTP is bounded, and only by pages that may", "[objects]") {
  server_process server(rate_limiter());
  constexpr std::size_t bytes_max = std::size_t{64} * 1024;
  const auto posted = [&](std::size_t bytes, const std::map<std::string, std::string>& headers) {
    return fetch(server.port(), {.target = limiter + "/ann",
                                 .method = "POST",
                                 .headers = headers,
                                 .body = std::string(bytes, 'x')});
  };
  CHECK(posted(bytes_max, {}).status == 405);  // the kind's own answer
  const auto refused = posted(bytes_max + 1, {});
  CHECK(refused.status == 413);
  CHECK(refused.body.find("64 KiB") != std::string::npos);
  const auto foreign = posted(1, {{"Origin", "https://elsewhere.example"}});
  CHECK(foreign.status == 403);
  CHECK(posted(1, {{"Origin", "http://127.0.0.1"}}).status == 405);
  CHECK(fetch(server.port(),
              {.target = limiter + "/ann", .headers = {{"Origin", "https://elsewhere.example"}}})
            .status == 200);
}

}  // namespace innkeeper::testing
