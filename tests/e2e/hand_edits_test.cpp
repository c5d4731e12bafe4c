// Somebody changes the file by hand while many clients are at work, and the server is killed in
// between: afterwards file and clients agree, and nothing that was acknowledged on top of the last
// edit is lost. INNKEEPER_EDITS says how many edits (default 40), INNKEEPER_SEED how it goes.
#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/event_pump.hpp"
#include "tests/support/exact_json.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/websocket_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::size_t rooms_at_once = 4;
constexpr std::size_t clients_per_room = 3;
/// Each edit of a counter begins a range of its own, so that each value tells which edit it is on.
constexpr std::int64_t range = 1'000'000;

long number_from(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stol(text);
}

struct watched_room {
  std::string name;
  std::vector<std::unique_ptr<websocket_client>> clients;
  /// The largest value that anybody was told of, ever.
  std::int64_t told = 0;
  /// It was deleted since the last look: its counter may have begun again.
  bool was_deleted = false;
};

class edited_server {
 public:
  explicit edited_server(std::uint64_t seed)
      : random_(seed), server_(without_rates({.hibernate_after_ms = 200})) {
    for (std::size_t i = 0; i < rooms_at_once; ++i) {
      rooms_.push_back({"room" + std::to_string(i), {}, 0, false});
    }
  }

  /// Clients count and vote, somebody edits, and the server is killed.
  void live_and_die(int edits) {
    enter();
    for (int i = 0; i < edits; ++i) {
      for (int n = 0; n < 5; ++n) say_something();
      edit();
      listen(std::chrono::milliseconds(any(30)));
    }
    for (int n = 0; n < 10; ++n) say_something();
    listen(std::chrono::milliseconds(any(20)));
    server_.restart(SIGKILL);
    listen(0ms);
    for (auto& room : rooms_) room.clients.clear();
    compare();
  }

  /// Edits are noticed within a second or two; then everybody knows the same.
  void live_and_settle() {
    enter();
    edit();
    listen(2500ms);
    compare();
    for (auto& room : rooms_) room.clients.clear();
  }

  const std::string& complaints() const { return complaints_; }
  long edits() const { return edits_; }

 private:
  std::size_t any(std::size_t below) { return random_() % below; }

  void enter() {
    for (auto& room : rooms_) {
      for (std::size_t i = room.clients.size(); i < clients_per_room; ++i) {
        auto client = std::make_unique<websocket_client>(io_);
        const auto answer =
            client->connect(server_.port(), "/websocket?room=" + room.name + "&session=s" +
                                                std::to_string(i) + room.name);
        if (!answer.accepted()) continue;  // the room was just deleted, or is at it
        client->send_text(R"({"type":"subscribe","data":"counter"})");
        client->send_text(R"({"type":"subscribe","data":"poll"})");
        room.clients.push_back(std::move(client));
      }
    }
  }

  void say_something() {
    auto& room = rooms_[any(rooms_.size())];
    if (room.clients.empty()) return enter();
    auto& client = *room.clients[any(room.clients.size())];
    if (!client.is_open()) return;
    if (any(3) == 0) {
      client.send_text(R"({"type":"poll","data":{"id":"lunch","answer":"a)" +
                       std::to_string(any(3)) + R"("}})");
    } else {
      client.send_text(R"({"type":"counter","data":{"id":"c","value":1}})");
    }
  }

  void edit() {
    auto& room = rooms_[any(rooms_.size())];
    SQLite::Database shell(server_.data_file().string(), SQLite::OPEN_READWRITE, 10'000);
    ++edits_;
    const auto where = " WHERE room = '" + room.name + "'";
    switch (any(7)) {
      case 0:
        shell.exec("DELETE FROM rooms WHERE name = '" + room.name + "'");
        room.was_deleted = true;
        break;
      case 1:
        shell.exec("UPDATE rooms SET config = 'edit " + std::to_string(edits_) +
                   "' WHERE name = '" + room.name + "'");
        break;
      case 2:
        shell.exec("DELETE FROM polls" + where);
        break;
      case 3:
        shell.exec("DELETE FROM votes" + where + " AND session = 's0" + room.name + "'");
        break;
      case 4:
        shell.exec("DELETE FROM sessions" + where + " AND session = 's1" + room.name + "'");
        break;
      default:
        shell.exec("UPDATE counters SET value = '" + std::to_string(edits_ * range) + "'" + where);
        break;
    }
  }

  void listen(std::chrono::milliseconds time) {
    pump_until(io_, after(time), [] { return false; });
    for (auto& room : rooms_) {
      for (auto& client : room.clients) {
        for (const auto& event : std::exchange(client->events(), {})) note(room, event);
      }
      std::erase_if(room.clients, [](const auto& client) { return !client->is_open(); });
    }
  }

  static void note(watched_room& room, const client_event& event) {
    if (event.what != client_event::kind::text) return;
    const auto frame = json::parse(event.payload);
    if (frame["type"] == "counter") {
      room.told = std::max(room.told, frame["data"]["value"].get<std::int64_t>());
    }
  }

  /// What a newcomer is told, and what the file says.
  void compare() {
    SQLite::Database file(server_.data_file().string(), SQLite::OPEN_READONLY, 10'000);
    for (auto& room : rooms_) {
      websocket_client newcomer(io_);
      if (!newcomer.connect(server_.port(), "/websocket?room=" + room.name).accepted()) {
        complain(room.name + ": a newcomer is turned away");
        continue;
      }
      newcomer.send_text(R"({"type":"subscribe","data":"counter:c"})");
      newcomer.send_text(R"({"type":"subscribe","data":"poll:lunch"})");
      newcomer.send_text(R"({"type":"made up, to end the list"})");
      newcomer.send_text(R"({"type":"profile"})");
      std::map<std::string, json> heard;
      int profiles = 0;
      while (profiles < 2) {
        const auto event = newcomer.next_event(10s);
        if (!event || event->what != client_event::kind::text) {
          complain(room.name + ": a newcomer is told nothing");
          break;
        }
        auto frame = json::parse(event->payload);
        if (frame["type"] == "profile") ++profiles;
        heard[frame["type"].get<std::string>()] = frame["data"];
      }
      const auto of_room = " WHERE room = '" + room.name + "'";
      check(room, "config", heard["config"].get<std::string>(),
            text(file, "SELECT config FROM rooms WHERE name = '" + room.name + "'"));
      const auto counter = heard.contains("counter") ? heard["counter"]["value"].dump() : "none";
      check(room, "counter", counter, text(file, "SELECT value FROM counters" + of_room));
      std::string stats;
      if (heard.contains("poll")) {
        for (const auto& [answer, votes] : heard["poll"]["stats"].items()) {
          stats += answer + "=" + votes.dump() + " ";
        }
      }
      check(room, "poll", stats.empty() ? "none" : stats,
            text(file,
                 "SELECT group_concat(answer || '=' || votes || ' ', '') FROM (SELECT answer,"
                 " votes FROM polls" +
                     of_room + " AND poll = 'lunch' ORDER BY answer)"));
      // Counts on top of an edit that were told are there, unless a later edit has taken them.
      const auto kept = counter == "none" ? 0 : std::stoll(counter);
      const bool is_less = kept / range == room.told / range && kept < room.told;
      if (is_less && !room.was_deleted) {
        complain(room.name + ": " + std::to_string(room.told) + " was told and " + counter +
                 " is kept");
      }
      room.told = kept;
      room.was_deleted = false;
    }
    check_sums(file);
  }

  void check_sums(SQLite::Database& file) {
    for (const auto* sql :
         {"SELECT count(*) FROM (SELECT object, poll, answer, votes FROM room_tallies EXCEPT SELECT"
          " object, poll, answer, count(*) FROM room_votes GROUP BY 1, 2, 3)",
          "SELECT count(*) FROM (SELECT object, poll, answer, count(*) FROM room_votes GROUP BY 1, "
          "2,"
          " 3 EXCEPT SELECT object, poll, answer, votes FROM room_tallies)",
          "SELECT count(*) FROM room_states WHERE sessions <>"
          " (SELECT count(*) FROM room_sessions s WHERE s.object = room_states.object)",
          "SELECT count(*) FROM room_votes WHERE object NOT IN (SELECT id FROM objects)",
          "SELECT count(*) FROM room_sessions WHERE object NOT IN (SELECT id FROM objects)",
          "SELECT count(*) FROM room_counters WHERE object NOT IN (SELECT id FROM objects)",
          "SELECT count(*) FROM objects, last_object WHERE id > number"}) {
      if (file.execAndGet(sql).getInt64() != 0) complain(std::string("not sound: ") + sql);
    }
    const auto integrity = text(file, "PRAGMA integrity_check");
    if (integrity != "ok") complain(integrity);
  }

  static std::string text(SQLite::Database& file, const std::string& sql) {
    SQLite::Statement row(file, sql);
    if (!row.executeStep() || row.getColumn(0).isNull()) return "none";
    return row.getColumn(0).getString();
  }

  void check(const watched_room& room, const std::string& what, const std::string& told,
             const std::string& kept) {
    if (told == kept) return;
    complain(room.name + ": the " + what + " is told as " + told + ", and the file has " + kept);
  }

  void complain(const std::string& sentence) { complaints_ += sentence + "\n"; }

  std::mt19937_64 random_;
  server_process server_;
  boost::asio::io_context io_;
  std::vector<watched_room> rooms_;
  long edits_ = 0;
  std::string complaints_;
};

}  // namespace

TEST_CASE("file and clients agree after edits by hand under load and kills") {
  const auto wanted = number_from("INNKEEPER_EDITS", 40);
  const auto seed = static_cast<std::uint64_t>(number_from("INNKEEPER_SEED", 1));
  INFO("seed " << seed);
  edited_server server(seed);
  while (server.edits() < wanted) {
    server.live_and_die(9);
    server.live_and_settle();
    INFO(server.complaints());
    REQUIRE(server.complaints().empty());
  }
  std::cout << "seed " << seed << ": " << server.edits()
            << " edits by hand under load, a kill after each nine, file and clients agree\n";
}

}  // namespace innkeeper::testing
