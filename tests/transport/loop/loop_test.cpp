#include "transport/loop/loop.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/wait.hpp"
#include "tests/transport/loop/loop_turn.hpp"
#include "tests/transport/socket/socket_fixture.hpp"
#include "transport/loop/loop_scheduler.hpp"

using namespace innkeeper;
using namespace std::chrono_literals;

namespace {

/// A running loop whose rests are counted.
class watched_loop {
 public:
  explicit watched_loop(std::chrono::milliseconds between_rests)
      : loop_(system_, 0, {.between_rests = between_rests}) {
    loop_.start([] {}, [] {});
    loop_.tell_pauses({[](auto) {}, [] {}, [this] { ++rests; }});
  }
  ~watched_loop() { loop_.stop(); }
  watched_loop(const watched_loop&) = delete;
  watched_loop& operator=(const watched_loop&) = delete;

  void give_something_to_do() {
    boost::asio::post(loop_.io(), [] {});
  }

  std::atomic<int> rests = 0;

 private:
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  transport::loop loop_;
};

/// Has always something left to read.
struct talker final : transport::read_poll::reader {
  explicit talker(std::function<void()> its) : reads(std::move(its)) {}
  bool readable() override {
    ++told;
    reads();
    return true;
  }
  void poll_ends() override {}

  std::function<void()> reads;
  int told = 0;
};

/// A loop whose turns are taken by hand, and a crowd that talks to it without a pause.
struct talked_to_loop {
  talked_to_loop(std::size_t size, const std::function<void()>& reads) : lines(size) {
    for (auto& each : lines) {
      crowd.push_back(std::make_shared<talker>(reads));
      each.write("x");
      REQUIRE(loop.reads().add(each.socket(), crowd.back()));
    }
  }
  ~talked_to_loop() { loop.reads().end(); }
  talked_to_loop(const talked_to_loop&) = delete;
  talked_to_loop& operator=(const talked_to_loop&) = delete;

  int told() const {
    return std::accumulate(crowd.begin(), crowd.end(), 0,
                           [](int sum, const auto& each) { return sum + each->told; });
  }

  caf::actor_system_config config;
  caf::actor_system system{config};
  std::vector<transport::socket_fixture> lines;
  transport::loop loop{system, 0, {}};
  std::vector<std::shared_ptr<talker>> crowd;
};

}  // namespace

TEST_CASE("a turn that has read as much as it may reads on in the next one") {
  const std::size_t talkers = GENERATE(1, 64);
  talked_to_loop talk(talkers, [&] { talk.loop.bytes_read(std::size_t{256} * 1024); });
  for (int turn = 1; turn <= 3; ++turn) {
    talk.loop.turn();
    CHECK(talk.told() == 4 * turn);  // a MiB
  }
}

TEST_CASE("a turn that has read for a millisecond lets the actors run") {
  const std::size_t talkers = GENERATE(1, 64);
  talked_to_loop talk(talkers, [] { std::this_thread::sleep_for(100us); });
  for (int turn = 0; turn < 3; ++turn) {
    const int before = talk.told();
    talk.loop.turn();
    CHECK(talk.told() > before);
    CHECK(talk.told() < before + 50);  // the clock is looked at now and then
  }
}

TEST_CASE("a loop rests once for each time that something has come") {
  watched_loop loop(50ms);
  for (int round = 1; round <= 3; ++round) {
    CHECK(testing::becomes_true([&] { return loop.rests == round; }));
    std::this_thread::sleep_for(200ms);
    CHECK(loop.rests == round);
    loop.give_something_to_do();
  }
}

TEST_CASE("a loop that something comes to again and again does not rest") {
  watched_loop loop(1ms);
  const auto until = std::chrono::steady_clock::now() + 300ms;
  while (std::chrono::steady_clock::now() < until) {
    loop.give_something_to_do();
    std::this_thread::sleep_for(100us);
  }
  CHECK(loop.rests < 10);  // a machine that is busy with others may stop us for a while
}

TEST_CASE("the time of actors stands still within a turn of their loop, and nowhere else") {
  transport::loops_config config(2, false);
  caf::actor_system system(config);
  const auto& clock = system.clock();
  auto& loops = transport::loop_scheduler::of(system);
  auto last = clock.now();
  for (const std::size_t i : {0U, 1U}) {
    for (int turn = 0; turn < 3; ++turn) {
      std::this_thread::sleep_for(5ms);  // in which the loop waits
      CHECK(testing::becomes_true([&] {
        bool has_passed = false;
        transport::in_a_turn_of(loops.at(i), [&] { has_passed = clock.now() >= last + 5ms; });
        return has_passed;
      }));
      transport::in_a_turn_of(loops.at(i), [&] {
        const auto first = clock.now();
        std::this_thread::sleep_for(5ms);
        CHECK(clock.now() == first);
      });
      last = clock.now();
    }
  }
}
