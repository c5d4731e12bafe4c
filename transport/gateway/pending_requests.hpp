#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "actors/sockets/socket_message.hpp"

/// HTTP requests that wait for their object's answer. Plain data of the gateway. On the loop's
/// thread.
namespace innkeeper::transport {

/// Gets the object's answer; null: it cannot answer now. Called once, on the gateway's loop.
using answer_callback = std::function<void(std::shared_ptr<const sockets::response>)>;

class pending_requests {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// How long an object may take. Then the request counts as one that cannot be answered.
  static constexpr std::chrono::seconds answered_within{30};

  sockets::request_id add(durable::address_ptr of, answer_callback answered, time_point now);
  /// Nothing happens if nobody waits for it any more.
  void answer(sockets::request_id which, std::shared_ptr<const sockets::response> with);
  /// Nothing that this object was asked is answered any more.
  void give_up(const durable::object_address& of);
  void give_up_all();
  /// Gives up what was asked too long ago.
  void give_up_overdue(time_point now);
  /// When something becomes overdue.
  std::optional<time_point> next_due() const;

 private:
  struct waiting {
    durable::address_ptr of;
    answer_callback answered;
  };

  std::unordered_map<sockets::request_id, waiting> waiting_;
  /// In the order in which they came; some are answered already.
  std::deque<std::pair<time_point, sockets::request_id>> due_;
  sockets::request_id last_ = 0;
};

}  // namespace innkeeper::transport
