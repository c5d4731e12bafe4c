// What strangers may do to a server, each on a thread of its own so that it does not slow down
// those who measure. An attack goes on until it is stopped or has done all that was asked of it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace innkeeper::floods {

struct attack_counts {
  std::atomic<std::size_t> tried{0};
  /// Got what they asked for: a 101, a subscription, a message taken off their hands.
  std::atomic<std::size_t> let_in{0};
  /// Were told no, or were closed by the server.
  std::atomic<std::size_t> turned_away{0};
  /// At work at this moment.
  std::atomic<std::size_t> running{0};
};

struct attack_kind {
  std::string_view name;
  std::string_view about;
  /// How many at once, and how many in all (0: again and again until stopped).
  std::size_t at_once;
  std::size_t in_all;
  /// One attempt: number `i`, against this port.
  std::function<boost::asio::awaitable<void>(std::size_t i, std::uint16_t port, attack_counts&)>
      once;
};

const std::vector<attack_kind>& attack_kinds();

class attack {
 public:
  attack(attack_kind kind, std::uint16_t port);
  ~attack();

  attack(const attack&) = delete;
  attack& operator=(const attack&) = delete;

  bool is_over() const { return over_; }
  const attack_counts& counts() const { return counts_; }

 private:
  void spawn_worker();

  attack_kind kind_;
  std::uint16_t port_;
  boost::asio::io_context io_{1};
  attack_counts counts_;
  std::size_t next_ = 0;
  std::size_t workers_ = 0;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace innkeeper::floods
