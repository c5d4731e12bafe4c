// The first promise of the server: what a client was told is on disk. The process is killed again
// and again while many clients in several rooms say everything that the protocol knows, at any
// moment or at a named one, and what they were told is held against what they find afterwards.
// INNKEEPER_KILLS says how often (default 20), INNKEEPER_SEED how it goes.
#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/e2e/crash_workload.hpp"
#include "tests/support/event_pump.hpp"
#include "tests/support/server_process.hpp"

namespace innkeeper::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::array<const char*, 11> failpoints{
    "before_begin",  "after_begin",  "in_batch",
    "before_commit", "after_commit", "before_acknowledgement",
    "in_checkpoint", "in_hydrate",   "before_frames_leave",
    "before_sleep",  "after_sleep"};

constexpr std::size_t rooms_at_once = 3;
constexpr std::size_t guests_per_room = 5;
/// Rooms take 200 polls, and every round brings a newcomer with one of its own.
constexpr int rounds_per_room = 100;
constexpr std::size_t messages_max = 150;
/// Enough for every named moment to come, a checkpoint included.
constexpr std::size_t messages_to_moment_max = 3000;

long number_from(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stol(text);
}

class doomed_server {
 public:
  explicit doomed_server(std::uint64_t seed)
      : seed_(seed), random_(seed), server_(first_options()) {}

  void live_and_die(int round) {
    if (round % rounds_per_room == 0) build_rooms(round);
    boost::asio::io_context io;
    const bool all_in = enter(io);
    if (all_in) talk(io);
    const bool by_itself = !all_in || server_is_dead();
    if (!by_itself) server_.kill(SIGKILL);
    const auto end = server_.wait(10s);
    if (end.signal != SIGKILL) throw std::runtime_error("it died otherwise: " + server_.log_text());
    ++deaths_[by_itself ? moment_ : "any moment"];
    for (auto& room : rooms_) room.listen_to_the_end(io);
    inspect();
    for (auto& room : rooms_) room.leave();
    start_again(round);
  }

  std::string complaints() const {
    std::string all;
    for (const auto& room : rooms_) all += room.complaints();
    return all;
  }

  void report(long kills) {
    count_rooms();
    std::cout << "seed " << seed_ << ": " << kills << " kills, " << messages_ << " messages, "
              << told_ << " of what was stored told, none lost\n";
    for (const auto& [moment, count] : deaths_)
      std::cout << "  " << moment << ": " << count << "\n";
  }

 private:
  static server_options first_options() {
    server_options wanted;
    wanted.hibernate_after_ms = 40;
    wanted.binary = INNKEEPER_FAILING_BINARY;
    return wanted;
  }

  void build_rooms(int round) {
    count_rooms();
    rooms_.clear();
    for (std::size_t i = 0; i < rooms_at_once; ++i) {
      const auto name = "vault" + std::to_string(round) + "-" + std::to_string(i);
      rooms_.emplace_back(name, guests_per_room, random_());
    }
  }

  void count_rooms() {
    for (const auto& room : rooms_) {
      messages_ += room.messages();
      told_ += room.told();
    }
  }

  bool enter(boost::asio::io_context& io) {
    bool all_in = true;
    for (auto& room : rooms_) all_in = room.enter(io, server_) && all_in;
    return all_in;
  }

  /// Until the server dies of its own failpoint, or enough has been said.
  void talk(boost::asio::io_context& io) {
    const auto enough = moment_.empty() ? 1 + random_() % messages_max : messages_to_moment_max;
    for (std::size_t said = 0; said < enough && !server_is_dead(); ++said) {
      rooms_[random_() % rooms_.size()].say_something();
      const bool silence = random_() % 50 == 0;  // long enough for rooms to fall asleep
      const std::chrono::milliseconds pause(silence ? 80 : random_() % 3);
      static_cast<void>(pump_until(io, after(pause), [] { return false; }));
      for (auto& room : rooms_) room.listen();
    }
  }

  bool server_is_dead() const { return !server_.is_running(); }

  /// A reader of the file itself would take part in its recovery: so a copy is read.
  void inspect() {
    const temporary_directory scratch;
    const auto copy = scratch.path() / "copy.db";
    for (const auto* suffix : {"", "-wal"}) {
      std::filesystem::copy_file(server_.data_file().string() + suffix, copy.string() + suffix);
    }
    for (auto& room : rooms_) room.inspect(copy);
  }

  /// Every other life ends at a named moment, if it comes that far.
  void start_again(int round) {
    moment_.clear();
    auto& environment = server_.options().environment;
    environment.erase("INNKEEPER_FAILPOINT");
    if (round % 2 == 0) {
      moment_ = failpoints.at(static_cast<std::size_t>(round / 2) % failpoints.size());
      const bool rare = moment_.ends_with("sleep");
      const auto count = moment_ == "in_checkpoint" ? 1 : 1 + random_() % (rare ? 3 : 60);
      const auto delay = moment_ == "in_checkpoint" ? random_() % 4000 : 0;
      environment["INNKEEPER_FAILPOINT"] =
          moment_ + ":" + std::to_string(count) + ":" + std::to_string(delay);
    }
    server_.start();
  }

  std::uint64_t seed_;
  std::mt19937_64 random_;
  server_process server_;
  std::vector<crash_workload> rooms_;
  /// The failpoint of this life; empty: none.
  std::string moment_;
  std::map<std::string, int> deaths_;
  std::size_t messages_ = 0;
  std::size_t told_ = 0;
};

}  // namespace

TEST_CASE("nothing that was told is lost when the server is killed at work", "[durability]") {
  const auto seed = static_cast<std::uint64_t>(number_from("INNKEEPER_SEED", 1));
  const long kills = number_from("INNKEEPER_KILLS", 20);
  doomed_server server(seed);
  for (int round = 0; round < kills; ++round) {
    INFO("seed " << seed << ", round " << round);
    server.live_and_die(round);
    REQUIRE(server.complaints() == "");
    if (kills > 50 && round % 50 == 49) std::cout << round + 1 << " of " << kills << std::endl;
  }
  server.report(kills);
}

}  // namespace innkeeper::testing
