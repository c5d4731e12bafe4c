// A disk that takes nothing for a while: another process holds the file's write lock. The rooms
// that write make their clients wait, so that memory stays bounded; nothing is lost, order is kept,
// and who does not write notices nothing.
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

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

constexpr int rounds = 1000;
constexpr std::size_t chat_bytes = 100'000;
constexpr long resident_kib_max = 60L * 1024;  // less than all that is sent, which is 100 MB

/// Somebody else's write transaction.
class foreign_lock {
 public:
  explicit foreign_lock(const server_process& server) {
    REQUIRE(sqlite3_open(server.data_file().c_str(), &connection_) == SQLITE_OK);
    sqlite3_busy_timeout(connection_, 10'000);  // the server may be writing
    REQUIRE(sqlite3_exec(connection_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  ~foreign_lock() { release(); }

  void release() { sqlite3_close(std::exchange(connection_, nullptr)); }

 private:
  sqlite3* connection_ = nullptr;
};

void enter(websocket_client& client, const server_process& server, const std::string& room) {
  REQUIRE(client.connect(server.port(), "/websocket?room=" + room).accepted());
  client.send_text(R"({"type":"subscribe","data":"chat"})");
  client.send_text(R"({"type":"subscribe","data":"counter"})");
  client.send_text(R"({"type":"profile"})");
  for (int frame = 0; frame < 3; ++frame) {  // config, profile, profile
    REQUIRE(client.next_event(5s).has_value());
  }
}

long resident_kib(const server_process& server) {
  std::ifstream status("/proc/" + std::to_string(server.pid()) + "/status");
  std::string word;
  while (status >> word && word != "VmRSS:") {
  }
  long kib = 0;
  status >> kib;
  return kib;
}

/// Counts and chats as fast as its socket takes it, and hears everything back. Each count is of a
/// counter of its own: who reads late is spared older values of one.
class flood {
 public:
  flood(boost::asio::io_context& io, websocket_client& client) : io_(io), client_(client) {}

  /// In a thread of its own. How many frames came back as they should, two each round.
  int run() {
    const std::string chat = R"({"type":"chat","data":")" + std::string(chat_bytes, 'x') + R"("})";
    for (int i = 0; i < rounds; ++i) {
      client_.send_text(R"({"type":"counter","data":{"id":)" + id_of(i) + R"(,"value":1}})");
      client_.send_text(chat);
      take();
    }
    all_sent = true;
    pump_until(io_, after(30s), [this] {
      take();
      return in_order_ == 2 * rounds || !client_.is_open();
    });
    return in_order_;
  }

  std::atomic<bool> all_sent{false};

 private:
  static std::string id_of(int round) { return "\"c" + std::to_string(round) + "\""; }

  void take() {
    for (; !client_.events().empty(); client_.events().pop_front()) {
      const auto& frame = client_.events().front().payload;
      const bool is_count = in_order_ % 2 == 0;
      const bool expected = is_count ? frame.find(id_of(in_order_ / 2)) != std::string::npos
                                     : frame.find(R"("type":"chat")") != std::string::npos;
      if (expected) ++in_order_;
    }
  }

  boost::asio::io_context& io_;
  websocket_client& client_;
  int in_order_ = 0;
};

}  // namespace

TEST_CASE("while the disk takes nothing, who writes waits, and nothing is lost", "[slow_disk]") {
  const server_process server(without_rates());
  boost::asio::io_context io;
  websocket_client calm(io);
  enter(calm, server, "calm");
  boost::asio::io_context flood_io;
  websocket_client flooding(flood_io);
  enter(flooding, server, "flooded");
  flood everything(flood_io, flooding);

  foreign_lock lock(server);
  int in_order = 0;
  std::thread flooder([&] { in_order = everything.run(); });
  CHECK(pump_until(io, after(5s),
                   [&] { return metric(server.port(), "innkeeper_rooms_congested") == 1; }));
  long resident_max = 0;
  int answered = 0;
  for (int i = 0; i < 200; ++i) {
    calm.send_text(R"({"type":"chat","data":"hello"})");
    if (calm.next_event(5s)) ++answered;
    resident_max = std::max(resident_max, resident_kib(server));
  }
  const bool all_sent = everything.all_sent;
  lock.release();
  flooder.join();

  CHECK(answered == 200);
  CHECK_FALSE(all_sent);
  INFO("the server's memory reached " << resident_max << " KiB");
  CHECK(resident_max < resident_kib_max);
  CHECK(in_order == 2 * rounds);
  CHECK(metric(server.port(), "innkeeper_rooms_congested") == 0);
}

}  // namespace innkeeper::testing
