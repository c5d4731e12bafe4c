#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "proto/limits.hpp"

/// Tells when a peer has to be asked whether it is still there, and when it is given up. Time comes
/// in as arguments. A value type: any thread.
namespace innkeeper::transport {

class peer_watch {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class verdict { nothing, ping, silent, stalled };

  /// How long a peer may do what; 0: for ever.
  struct patience {
    /// A peer that has sent nothing for so long, not even a pong, is gone.
    std::chrono::milliseconds silence;
    /// One that has taken nothing for so long, though something waits for it, does not read.
    std::chrono::milliseconds stall;

    explicit patience(const proto::limits& bounds)
        : silence(static_cast<std::int64_t>(bounds.silence_ms)),
          stall(static_cast<std::int64_t>(bounds.stall_ms)) {}

    /// A peer that has sent nothing for so long is pinged beside the next frame that it is sent
    /// anyway: one call to the kernel for both. By default longer than the time from one JSON ping
    /// to the next, so that every second of those takes one along.
    std::chrono::milliseconds ping_along_after() const { return silence / 2; }
    /// A peer that has sent nothing for so long is pinged, whether or not there is a frame for it:
    /// that leaves 8 s for the answer, or a quarter of a shorter silence.
    std::chrono::milliseconds ping_after() const {
      return silence - std::min<std::chrono::milliseconds>(std::chrono::seconds(8), silence / 4);
    }
  };

  /// `heard_at`: when the peer last sent anything; `stalled_since`: since when it takes nothing.
  verdict look(time_point now, time_point heard_at, std::optional<time_point> stalled_since,
               const patience& have);

  /// Whether a ping is to go beside a frame that leaves now; then it counts as sent.
  bool ping_along(time_point now, time_point heard_at, const patience& have);

  /// When to look next, if nothing happens until then; the end of time if nothing will be due.
  time_point next_look(time_point heard_at, std::optional<time_point> stalled_since,
                       const patience& have) const;

 private:
  /// When the peer had last sent anything as the ping was sent: one ping for each silence.
  time_point pinged_for_ = time_point::min();
};

}  // namespace innkeeper::transport
