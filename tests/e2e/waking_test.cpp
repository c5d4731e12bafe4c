// How long it takes to wake a room with many votes and one with ten: the same, since waking reads
// tallies, never votes. Not part of the usual run, as it takes the time: script/prove wake runs it.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

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
using clock = std::chrono::steady_clock;
using microseconds = std::chrono::duration<double, std::micro>;

constexpr long few_votes = 10;
constexpr long warm_up = 20;

long number_from(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stol(text);
}

/// The room as if so many had voted in its poll, half of them for either answer.
void put_votes(sqlite3* file, const std::string& room, long votes) {
  const auto object = "(SELECT id FROM objects WHERE name = '" + room + "')";
  const auto half = std::to_string(votes / 2);
  const auto sql =
      "BEGIN;"
      "INSERT INTO room_votes WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1"
      " FROM n WHERE i < " +
      std::to_string(votes) + ") SELECT " + object +
      ", 'p', 'voter ' || i, CASE i % 2 WHEN 0 THEN 'x' ELSE 'y' END FROM n;"
      "INSERT INTO room_tallies VALUES (" +
      object + ", 'p', 'x', " + half + "), (" + object + ", 'p', 'y', " + half +
      ");"
      "COMMIT; PRAGMA wal_checkpoint(TRUNCATE);";
  REQUIRE(sqlite3_exec(file, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

void fill_two_rooms(server_process& server, long votes) {
  boost::asio::io_context io;
  for (const auto* room : {"many", "few"}) {
    websocket_client founder(io);
    REQUIRE(founder.connect(server.port(), std::string("/websocket?room=") + room).accepted());
  }
  server.stop(SIGTERM);
  sqlite3* file = nullptr;
  REQUIRE(sqlite3_open(server.data_file().c_str(), &file) == SQLITE_OK);
  put_votes(file, "many", votes);
  put_votes(file, "few", few_votes);
  sqlite3_close(file);
  server.start();
}

/// Somebody whose room sleeps whenever it is not spoken to.
class sleeping_room {
 public:
  sleeping_room(boost::asio::io_context& io, std::string room, long votes)
      : io_(io), client_(io), room_(std::move(room)), votes_(votes) {}

  void enter(const server_process& server) {
    REQUIRE(client_.connect(server.port(), "/websocket?room=" + room_ + "&session=s").accepted());
    REQUIRE(client_.next_event(5s).has_value());  // config
    REQUIRE(client_.next_event(5s).has_value());  // profile
    ask();                                        // is stored the first time
  }

  /// From the question to the answer, which nobody but the room can give.
  microseconds ask() {
    const auto half = std::to_string(votes_ / 2);
    const auto begun = clock::now();
    client_.send_text(R"({"type":"subscribe","data":"poll"})");
    const auto answer = client_.next_event(5s);
    const microseconds took = clock::now() - begun;
    REQUIRE(answer.has_value());
    REQUIRE(answer->payload ==
            R"({"type":"poll","data":{"id":"p","stats":{"x":)" + half + R"(,"y":)" + half + "}}}");
    return took;
  }

  /// Waits until no room is awake, then asks.
  microseconds wake(const server_process& server) {
    const auto deadline = after(5s);
    while (metric(server.port(), "innkeeper_rooms_awake") != 0) {
      REQUIRE(clock::now() < deadline);
      pump_until(io_, after(1ms), [] { return false; });
    }
    return ask();
  }

 private:
  boost::asio::io_context& io_;
  websocket_client client_;
  std::string room_;
  long votes_;
};

double quantile(std::vector<microseconds> times, double which) {
  const auto at =
      times.begin() + static_cast<std::ptrdiff_t>(which * static_cast<double>(times.size() - 1));
  std::nth_element(times.begin(), at, times.end());
  return at->count();
}

void print_row(const std::string& label, const std::vector<microseconds>& many,
               const std::vector<microseconds>& few, double which) {
  const auto of_many = quantile(many, which);
  const auto of_few = quantile(few, which);
  std::cout << std::fixed << std::setprecision(0) << "  " << label << ": " << of_many << " us and "
            << of_few << " us, ratio " << std::setprecision(2) << of_many / of_few << "\n";
}

}  // namespace

TEST_CASE("waking a room takes as long with a million votes as with ten", "[.wake]") {
  const auto votes = number_from("INNKEEPER_VOTES", 1'000'000);
  const auto wakes = number_from("INNKEEPER_WAKES", 500);
  server_process server({.hibernate_after_ms = 1});
  fill_two_rooms(server, votes);
  boost::asio::io_context io;
  sleeping_room many(io, "many", votes);
  sleeping_room few(io, "few", few_votes);
  many.enter(server);
  few.enter(server);
  std::vector<microseconds> many_took;
  std::vector<microseconds> few_took;
  for (long i = -warm_up; i < wakes; ++i) {
    const auto of_many = many.wake(server);
    const auto of_few = few.wake(server);
    if (i < 0) continue;
    many_took.push_back(of_many);
    few_took.push_back(of_few);
  }
  std::cout << wakes << " wakes each, in turn, over the wire, of rooms with " << votes << " and "
            << few_votes << " votes, from the question to the answer:\n";
  print_row("median", many_took, few_took, 0.5);
  print_row("p99", many_took, few_took, 0.99);
  CHECK(quantile(many_took, 0.5) < 2 * quantile(few_took, 0.5));
}

}  // namespace innkeeper::testing
