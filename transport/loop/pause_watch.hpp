#pragma once

#include <chrono>

/// Notices that the whole process stood still (SIGSTOP, a container paused, a virtual machine moved
/// or restored), by a timer that rings much too late. In that time nobody was heard and nobody was
/// sent anything, so that it must not count against peers. Time comes in as arguments. A value
/// type: any thread.
namespace innkeeper::transport {

class pause_watch {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// A timer that is later has been held up by more than a busy machine.
  static constexpr std::chrono::seconds late_min{1};

  /// A timer is set now and should ring at `due`, or at once if that is over.
  void waits_for(time_point due, time_point now) { due_ = due < now ? now : due; }
  /// It rings.
  void rings(time_point now) {
    if (now - due_ > late_min) resumed_at_ = now;
  }

  /// When the process last went on after it had stood still; long ago if it never did.
  time_point resumed_at() const { return resumed_at_; }

 private:
  time_point due_ = time_point::max();
  /// The clock's own beginning: before that of the process.
  time_point resumed_at_{};
};

}  // namespace innkeeper::transport
