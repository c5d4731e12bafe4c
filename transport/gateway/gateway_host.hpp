#pragma once

#include <chrono>

/// What a gateway needs of the actors around it: its timers, and the end of its objects. With
/// another implementation a test runs a gateway without CAF. On the home loop.
namespace innkeeper::transport {

enum class gateway_timer {
  /// Connections are to be pinged.
  pings,
  /// Objects have taken too long to answer.
  answers,
  /// Clients have had the time to answer the close frame.
  goodbye,
};

class gateway_host {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~gateway_host() = default;

  /// By the clock of the timers.
  virtual time_point now() const = 0;
  /// Has gateway::timer_rang called then.
  virtual void post_timer(gateway_timer which, time_point when) = 0;
  /// Has all objects end and gateway::close_everything called behind that.
  virtual void post_drain() = 0;
};

}  // namespace innkeeper::transport
