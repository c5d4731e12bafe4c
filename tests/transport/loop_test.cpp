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

}  // namespace

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
