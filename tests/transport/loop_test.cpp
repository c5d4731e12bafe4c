#include "transport/loop.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/support/wait.hpp"

using namespace innkeeper;
using namespace std::chrono_literals;

TEST_CASE("a loop rests once for each time that something has come") {
  caf::actor_system_config config;
  caf::actor_system system(config);
  transport::loop loop(system, 0, {.between_rests = 50ms});
  std::atomic<int> rests = 0;
  loop.start([] {}, [] {});
  loop.tell_pauses({[](auto) {}, [] {}, [&] { ++rests; }});
  for (int round = 1; round <= 3; ++round) {
    CHECK(testing::becomes_true([&] { return rests == round; }));
    std::this_thread::sleep_for(200ms);
    CHECK(rests == round);
    boost::asio::post(loop.io(), [] {});
  }
  loop.stop();
}

TEST_CASE("a loop that something comes to again and again does not rest") {
  caf::actor_system_config config;
  caf::actor_system system(config);
  transport::loop loop(system, 0, {.between_rests = 1ms});
  std::atomic<int> rests = 0;
  loop.start([] {}, [] {});
  loop.tell_pauses({[](auto) {}, [] {}, [&] { ++rests; }});
  const auto until = std::chrono::steady_clock::now() + 300ms;
  while (std::chrono::steady_clock::now() < until) {
    boost::asio::post(loop.io(), [] {});
    std::this_thread::sleep_for(100us);
  }
  CHECK(rests < 10);  // a machine that is busy with others may stop us for a while
  loop.stop();
}
