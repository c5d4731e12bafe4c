#pragma once

#include <chrono>
#include <optional>

/// Tells when a peer has to be asked whether it is still there, and when it is given up. Time comes
/// in as arguments. A value type: any thread.
namespace innkeeper::transport {

class peer_watch {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class verdict { nothing, ping, silent, stalled };

  /// A peer that has sent nothing for so long is pinged beside the next frame that it is sent
  /// anyway: one call to the kernel for both. Longer than the time from one JSON ping to the next,
  /// so that every second of those takes one along.
  static constexpr std::chrono::seconds ping_along_after{30};
  /// A peer that has sent nothing for so long is pinged, whether or not there is a frame for it.
  static constexpr std::chrono::seconds ping_after{52};
  /// One that has sent nothing for so long, not even a pong, is gone.
  static constexpr std::chrono::seconds silence_max{60};
  /// One that has taken nothing for so long, though something waits for it, does not read.
  static constexpr std::chrono::seconds stall_max{10};

  /// `heard_at`: when the peer last sent anything; `stalled_since`: since when it takes nothing.
  verdict look(time_point now, time_point heard_at, std::optional<time_point> stalled_since);

  /// Whether a ping is to go beside a frame that leaves now; then it counts as sent.
  bool ping_along(time_point now, time_point heard_at);

  /// When to look next, if nothing happens until then.
  time_point next_look(time_point heard_at, std::optional<time_point> stalled_since) const;

 private:
  /// What was heard last when the ping was sent: one ping for each silence.
  std::optional<time_point> pinged_for_;
};

}  // namespace innkeeper::transport
