// The disk that holds the file is full, a real one of 16 MiB: what has to be stored is refused in
// words, all else goes on, and once there is room again so does everything. INNKEEPER_FULL_ROUNDS
// says how often the crowd fills the disk (default 2) and INNKEEPER_SEED how.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/e2e/admin_login.hpp"
#include "tests/full_disk/crowd.hpp"
#include "tests/full_disk/guest.hpp"
#include "tests/full_disk/small_disk.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/event_pump.hpp"
#include "tests/support/http_client.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

constexpr std::size_t disk_mebibytes = 16;
constexpr int sleep_after_ms = 100;

/// Null, with a line that says so, where none can be had.
std::unique_ptr<small_disk> disk_or_skip() {
  try {
    return std::make_unique<small_disk>(disk_mebibytes);
  } catch (const no_small_disk& reason) {
    std::cout << "SKIPPED: " << reason.what() << std::endl;
    return nullptr;
  }
}

server_options options_on(const small_disk& disk) {
  server_options wanted;
  wanted.hibernate_after_ms = sleep_after_ms;
  wanted.data_folder = disk.folder();
  return wanted;
}

long number_from(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stol(text);
}

const std::string refusal = R"("code":"storage_full"})";

std::string count(const std::string& by) {
  return R"({"type":"counter","data":{"id":"c","value":)" + by + "}}";
}

std::string subscribe_to(const std::string& what) {
  return R"({"type":"subscribe","data":")" + what + R"("})";
}

/// For what shows itself without a word to any of the clients.
void pump_and_look(boost::asio::io_context& io, std::chrono::milliseconds patience,
                   const std::function<bool()>& done) {
  const auto deadline = after(patience);
  while (!done()) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    pump_until(io, after(5ms), [] { return false; });
  }
}

/// Two people in a room with something in it, one of them an admin, on a disk with nothing left:
/// nor is there in the log, whose room another has used up.
struct full_house {
  explicit full_house(small_disk& disk) : server(options_on(disk)) {
    ann.enter(server);
    ada.enter(server);
    REQUIRE_THAT(ada.ask(write_exact(logins.message(exact_json::object(), "house"))),
                 Contains(R"("role":"admin")"));
    ann.say(subscribe_to("chat"));
    ann.say(subscribe_to("ephemeralPoll"));
    ann.say(R"({"type":"poll","data":{"id":"p","answer":"x"}})");
    ann.say(count("17.75"));
    CHECK(ann.ask(subscribe_to("counter")) == count("17.75"));
    CHECK(ann.ask(subscribe_to("poll")) == poll);
    max.enter(server);
    max.say(subscribe_to("counter"));
    disk.fill();
    use_up_log();
  }

  void use_up_log() {
    constexpr int commits_max = 2000;
    int commits = 0;
    while (max.ask(count("1")).find(refusal) == std::string::npos) {
      REQUIRE(++commits < commits_max);
    }
  }

  bool is_asleep() const { return metric(server.port(), "innkeeper_rooms_awake") == 0; }

  void fall_asleep() {
    pump_and_look(io, 5s, [this] { return is_asleep(); });
  }

  const std::string poll = R"({"type":"poll","data":{"id":"p","stats":{"x":1}}})";
  server_process server;
  boost::asio::io_context io;
  admin_login logins;
  guest ann{io, "house", "ann"};
  guest ada{io, "house", "ada"};
  guest max{io, "attic", "max"};
};

}  // namespace

TEST_CASE("on a full disk all that has to be stored is refused, and nothing of it is told") {
  const auto disk = disk_or_skip();
  if (!disk) return;
  full_house here(*disk);
  const auto key = write_exact(here.logins.message(exact_json::object(), "house"));
  CHECK_THAT(here.ann.ask(count("1")), Contains(refusal));
  CHECK_THAT(here.ann.ask(R"({"type":"poll","data":{"id":"p","answer":"y"}})"), Contains(refusal));
  CHECK_THAT(here.ann.ask(R"({"type":"login","data":{"name":"Ann"}})"), Contains(refusal));
  CHECK_THAT(here.ann.ask(subscribe_to("news")), Contains(refusal));
  CHECK_THAT(here.ann.ask(R"({"type":"unsubscribe","data":"chat"})"), Contains(refusal));
  CHECK_THAT(here.ann.ask(key), Contains(refusal));
  CHECK_THAT(here.ada.ask(R"({"type":"config","data":"dark"})"), Contains(refusal));
  CHECK(here.ann.ask(subscribe_to("counter")) == count("17.75"));
  CHECK(here.ann.ask(subscribe_to("poll")) == here.poll);
  CHECK_THAT(here.ann.ask(R"({"type":"profile"})"),
             Contains(R"("role":"user")") && Contains(R"("chat")") && !Contains("Ann"));

  disk->make_room();
  CHECK_THAT(here.ann.ask(key), Contains(R"("role":"admin")"));
}

TEST_CASE("on a full disk all that need not be stored goes on, across sleep too") {
  const auto disk = disk_or_skip();
  if (!disk) return;
  full_house here(*disk);
  for (int i = 0; i < 2; ++i) {
    CHECK_THAT(here.ann.ask(count("1")), Contains(refusal));
    CHECK(here.ann.ask(subscribe_to("counter")) == count("17.75"));
    CHECK_THAT(here.ann.ask(R"({"type":"chat","data":"hello"})"), Contains("hello"));
    CHECK_THAT(here.ann.ask(R"({"type":"ephemeralPoll","data":{"id":"e","answer":"x"}})"),
               Contains(R"("stats":{"x":1})"));
    here.ada.say(R"({"type":"broadcast","data":{"type":"bell","data":1}})");
    CHECK(here.ada.hear() == R"({"type":"bell","data":1})");
    CHECK(here.ann.hear() == R"({"type":"bell","data":1})");
    CHECK_THAT(fetch(here.server.port(), {.target = "/details?room=house"}).body,
               Contains(R"("count":2)") && Contains(R"("increment":2)"));
    CHECK(fetch(here.server.port(), {.target = "/users?room=house"}).status == 200);
    here.fall_asleep();
  }
}

TEST_CASE("on a full disk newcomers are turned away with 503 until there is room again") {
  const auto disk = disk_or_skip();
  if (!disk) return;
  full_house here(*disk);
  guest bob(here.io, "house", "bob");
  for (int i = 0; i < 3; ++i) {
    const auto answer = bob.knock(here.server);
    CHECK(answer.status == 503);
    CHECK_THAT(answer.body, Contains("disk is full"));
  }
  CHECK(guest(here.io, "another-house", "bob").knock(here.server).status == 503);
  disk->make_room();
  CHECK_THAT(bob.enter(here.server), Contains(R"("suffix":3)"));  // no number was used up
  CHECK(here.ann.ask(count("1")) == count("18.75"));
  here.server.restart(SIGKILL);
  guest eve(here.io, "house", "eve");
  CHECK_THAT(eve.enter(here.server), Contains(R"("suffix":4)"));
  CHECK(eve.ask(subscribe_to("counter")) == count("18.75"));
  CHECK(eve.ask(subscribe_to("poll")) == here.poll);
}

TEST_CASE("a server that is killed on a full disk starts on it again and tells what is stored") {
  const auto disk = disk_or_skip();
  if (!disk) return;
  full_house here(*disk);
  here.server.restart(SIGKILL);
  CHECK_THAT(fetch(here.server.port(), {.target = "/details?room=house"}).body,
             Contains(R"("increment":2)") && Contains(R"("pollCount":1)"));
  disk->make_room();  // the start has emptied the log, so that there may be some already
  guest bob(here.io, "house", "bob");
  CHECK_THAT(bob.enter(here.server), Contains(R"("suffix":3)"));
  CHECK(bob.ask(subscribe_to("counter")) == count("17.75"));
}

TEST_CASE(
    "where the disk has little room the log takes none ahead, and leaves it to what is counted") {
  const auto disk = disk_or_skip();
  if (!disk) return;
  constexpr std::size_t left = std::size_t{600} * 1024;  // less than the log would take at once
  server_process server(options_on(*disk));
  boost::asio::io_context io;
  guest max(io, "attic", "max");
  max.enter(server);
  max.say(subscribe_to("counter"));
  CHECK(max.ask(count("1")) == count("1"));
  const auto log = disk->folder() / "innkeeper.db-wal";
  constexpr std::uintmax_t ahead = std::uintmax_t{1024} * 1024;
  pump_and_look(io, 10s, [&] { return std::filesystem::file_size(log) >= ahead; });
  disk->fill(left);
  constexpr int counts = 350;  // the room that the log has is for less
  for (int i = 2; i <= counts; ++i) {
    REQUIRE(max.ask(count("1")) == count(std::to_string(i)));
    // Now it might take some.
    if (i > 240 && i % 25 == 0) pump_until(io, after(200ms), [] { return false; });
  }
  CHECK(std::filesystem::space(disk->folder()).available > left / 3);
}

TEST_CASE("a server that has no room for its file says so and ends") {
  const auto disk = disk_or_skip();
  if (!disk) return;
  disk->fill();
  const auto file = (disk->folder() / "innkeeper.db").string();
  const auto result = run_command({tested_binary(), "serve", "--port", "0", "--data", file});
  REQUIRE(result.ended);
  CHECK(result.ended->code == 1);
  CHECK_THAT(result.err, Contains("is full. Make room and start again."));
}

TEST_CASE("a crowd fills the disk again and again and loses nothing that it was told") {
  const auto disk = disk_or_skip();
  if (!disk) return;
  const auto rounds = number_from("INNKEEPER_FULL_ROUNDS", 2);
  const auto seed = static_cast<std::uint64_t>(number_from("INNKEEPER_SEED", 1));
  server_process server(options_on(*disk));
  crowd people(seed);
  for (long round = 0; round < rounds; ++round) {
    INFO("round " << round << " of seed " << seed);
    people.enter(server);
    disk->fill(std::size_t{300} * 1024);
    people.count_until_refused();
    const bool killed_while_full = round % 2 == 1;
    const bool killed = round % 5 != 4;  // an orderly end shortens the log
    if (!killed_while_full) {
      disk->make_room();
      people.count_until_told();
    }
    server.kill(killed ? SIGKILL : SIGTERM);
    server.wait();
    people.leave();
    disk->make_room();
    server.start();
    people.compare(server);
    REQUIRE(people.complaints() == "");
    if (rounds > 10) std::cout << round + 1 << " of " << rounds << std::endl;
  }
  std::cout << "seed " << seed << " on " << disk->kind() << ": " << rounds << " times full, "
            << people.told() << " counts told, " << people.refused() << " refused, 0 lost\n";
}

}  // namespace innkeeper::testing
