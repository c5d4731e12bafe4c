#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "actors/sockets/socket_message.hpp"

/// When connections are pinged: all intervals are the same, so those that began together are pinged
/// together. Plain data of the gateway. On the loop's thread.
namespace innkeeper::transport {

class ping_rounds {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Its next ping is due one interval from now.
  void add(sockets::connection_id who, time_point now);
  /// When somebody is to be pinged next.
  std::optional<time_point> next_due() const;
  /// Some of those whose ping is due, and no others: what they have gone through is to be in the
  /// cache still when they are pinged. They may be gone.
  std::vector<sockets::connection_id> take_due(time_point now);

 private:
  struct round {
    time_point due;
    /// One at least.
    std::vector<sockets::connection_id> whom;
    /// So many of them have had their turn.
    std::size_t taken = 0;
  };

  /// In the order in which they are due.
  std::deque<round> rounds_;
};

}  // namespace innkeeper::transport
