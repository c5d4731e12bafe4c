#include "transport/listener.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "transport/loop.hpp"

namespace innkeeper::transport {
namespace {

using boost::asio::ip::tcp;

/// Many who knock at once, at a loop that turns when the test says so. The one place there is goes
/// to the first; each other hears that there is none as soon as it has been let into the turn.
class crowd_at_door {
 public:
  explicit crowd_at_door(std::size_t count) : home_(system_, 0, {}) {
    auto shared = std::make_shared<site>();
    shared->homes.push_back({&home_, {}, {}});
    shared->entrance = std::make_shared<door>(proto::limits{}, 1);
    listener_ = *listener::open("127.0.0.1", 0, shared);
    const tcp::endpoint address(boost::asio::ip::address_v4::loopback(), listener_->port());
    for (std::size_t i = 0; i < count; ++i) knocking_.emplace_back(io_).connect(address);
    listener_->start();
  }
  ~crowd_at_door() {
    listener_->stop();
    home_.turn();
  }
  crowd_at_door(const crowd_at_door&) = delete;
  crowd_at_door& operator=(const crowd_at_door&) = delete;

  loop& home() { return home_; }

  std::size_t let_in() {
    const auto refused = std::ranges::count_if(
        knocking_, [](const tcp::socket& each) { return each.available() > 0; });
    return refused == 0 ? 0 : static_cast<std::size_t>(refused) + 1;
  }

 private:
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  loop home_;
  boost::asio::io_context io_;
  std::vector<tcp::socket> knocking_;
  std::shared_ptr<listener> listener_;
};

TEST_CASE("a crowd of newcomers comes in by eights, one turn after the other") {
  crowd_at_door crowd(20);
  for (const std::size_t expected : {8, 16, 20}) {
    crowd.home().turn();
    CHECK(crowd.let_in() == expected);
  }
}

TEST_CASE("while others talk four newcomers come in a millisecond") {
  crowd_at_door crowd(40);
  crowd.home().turn();
  REQUIRE(crowd.let_in() == 8);
  crowd.home().bytes_read(1);
  // Nothing more is said in between: people pause between two words.
  for (const std::size_t already : {8, 12, 16}) {
    const auto began = std::chrono::steady_clock::now();
    while (crowd.let_in() == already) crowd.home().turn();
    CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(1));
    CHECK(crowd.let_in() == already + 4);
  }
}

TEST_CASE("when others have been silent for a while newcomers come in by eights again") {
  crowd_at_door crowd(40);
  crowd.home().turn();
  crowd.home().bytes_read(1);
  crowd.home().turn();
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  crowd.home().turn();
  CHECK(crowd.let_in() == 12);
  for (const std::size_t expected : {20, 28, 36, 40}) {
    crowd.home().turn();
    CHECK(crowd.let_in() == expected);
  }
}

}  // namespace
}  // namespace innkeeper::transport
