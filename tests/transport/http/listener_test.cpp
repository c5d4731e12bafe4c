#include "transport/http/listener.hpp"
#include "proto/limits.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "transport/loop/loop.hpp"

namespace innkeeper::transport {
namespace {

using boost::asio::ip::tcp;

/// Many who knock at once, at a loop that turns when the test says so. The one place there is goes
/// to the first; each other hears that there is none as soon as it has been let into the turn, for
/// those who might ask something first are there already.
class crowd_at_door {
 public:
  explicit crowd_at_door(std::size_t count, const std::string& listening_on = "127.0.0.1")
      : home_(system_, 0, {}) {
    auto context = std::make_shared<server_context>();
    context->homes.push_back({&home_, {}});
    context->admission = std::make_shared<admission_control>(proto::limits{}, 1);
    for (std::uint64_t network = 1; auto& each : on_probation_) {
      REQUIRE(context->admission->enter_on_probation(network++, 0, each));
    }
    listener_ = *listener::open(listening_on, 0, context);
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

  tcp::endpoint address_of_first() { return knocking_.front().local_endpoint(); }

 private:
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  loop home_;
  boost::asio::io_context io_;
  std::array<admission_control::probation, proto::on_probation_max> on_probation_;
  std::vector<tcp::socket> knocking_;
  std::shared_ptr<listener> listener_;
};

/// By what the kernel decides how much may be under way to `peer`, from a socket of this process
/// that is connected with it; empty if there is none.
std::string congestion_control_towards(const tcp::endpoint& peer) {
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int descriptor = std::stoi(each.path().filename());
    sockaddr_in other{};
    socklen_t size = sizeof other;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&other), &size) != 0) continue;
    if (other.sin_family != AF_INET || ntohs(other.sin_port) != peer.port()) continue;
    std::array<char, 16> name{};  // TCP_CA_NAME_MAX
    size = name.size();
    if (::getsockopt(descriptor, IPPROTO_TCP, TCP_CONGESTION, name.data(), &size) == 0) {
      return name.data();
    }
  }
  return {};
}

/// New connections', unless their listener asks for another.
std::string systems_congestion_control() {
  std::string name;
  REQUIRE(std::ifstream("/proc/sys/net/ipv4/tcp_congestion_control") >> name);
  if (name == "reno") WARN("The system's own rule is the one to be chosen: this proves nothing.");
  return name;
}

TEST_CASE("who comes to a listener on a loopback address is sent to by the rule that costs least") {
  static_cast<void>(systems_congestion_control());
  crowd_at_door crowd(1);
  crowd.home().turn();
  CHECK(congestion_control_towards(crowd.address_of_first()) == "reno");
}

TEST_CASE("who comes to a listener on any address is sent to by the system's own rule") {
  crowd_at_door crowd(1, "0.0.0.0");
  crowd.home().turn();
  CHECK(congestion_control_towards(crowd.address_of_first()) == systems_congestion_control());
}

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
