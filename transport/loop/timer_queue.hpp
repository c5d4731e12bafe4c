#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <queue>
#include <vector>

#include "transport/loop/pause_watch.hpp"

/// One timer for all the sockets of a loop. On the loop's thread.
namespace innkeeper::transport {

class timer_handler {
 public:
  virtual ~timer_handler() = default;
  /// `now` is not before the time that was asked for.
  virtual void wake(std::chrono::steady_clock::time_point now) = 0;
};

class timer_queue {
 public:
  using clock = std::chrono::steady_clock;

  /// Alarms ring together: each up to this much too late.
  static constexpr std::chrono::milliseconds tick{100};

  explicit timer_queue(boost::asio::io_context& io) : timer_(io) {}

  /// `who` is woken once, unless it is gone by then.
  void add(clock::time_point due, std::weak_ptr<timer_handler> who);

  /// When the process last went on after it had stood still. Known before those are woken whose
  /// alarms were due meanwhile.
  clock::time_point resumed_at() const { return pauses_.resumed_at(); }

 private:
  struct alarm {
    clock::time_point due;
    std::weak_ptr<timer_handler> who;
    friend bool operator>(const alarm& a, const alarm& b) { return a.due > b.due; }
  };

  void arm();
  void ring();

  boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>,
                                    boost::asio::io_context::executor_type>
      timer_;
  std::priority_queue<alarm, std::vector<alarm>, std::greater<>> alarms_;
  /// When the timer will ring; the end of time if it is not armed.
  clock::time_point armed_for_ = clock::time_point::max();
  pause_watch pauses_;
};

}  // namespace innkeeper::transport
