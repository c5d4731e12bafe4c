// Ends the process with SIGKILL at a failpoint. INNKEEPER_FAILPOINT=NAME:COUNT[:MICROSECONDS] says
// at which, at its how-manieth passing, and how long after it: a delay gets into the middle of what
// begins there, such as a checkpoint.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

#include "storage/failpoint.hpp"

namespace innkeeper::storage {
namespace {

std::string_view name_of(failpoint where) {
  switch (where) {
    case failpoint::before_begin:
      return "before_begin";
    case failpoint::after_begin:
      return "after_begin";
    case failpoint::in_batch:
      return "in_batch";
    case failpoint::before_commit:
      return "before_commit";
    case failpoint::after_commit:
      return "after_commit";
    case failpoint::before_acknowledgement:
      return "before_acknowledgement";
    case failpoint::in_checkpoint:
      return "in_checkpoint";
    case failpoint::in_hydrate:
      return "in_hydrate";
    case failpoint::before_frames_leave:
      return "before_frames_leave";
    case failpoint::before_sleep:
      return "before_sleep";
    case failpoint::after_sleep:
      return "after_sleep";
  }
  std::abort();
}

/// 0 if there is none.
int number_in(const char* text) {
  constexpr int decimal = 10;
  return static_cast<int>(std::strtol(text, nullptr, decimal));
}

class killer {
 public:
  killer() {
    const char* wanted = std::getenv("INNKEEPER_FAILPOINT");
    if (wanted == nullptr) return;
    std::string text(wanted);
    name_ = text.substr(0, text.find(':'));
    text.erase(0, name_.size() + 1);
    left_ = number_in(text.c_str());
    if (const auto colon = text.find(':'); colon != std::string::npos) {
      delay_ = std::chrono::microseconds(number_in(text.c_str() + colon + 1));
    }
  }

  void reached(failpoint where) {
    if (name_.empty() || name_of(where) != name_ || --left_ != 0) return;
    if (delay_.count() == 0) die();
    std::thread([pause = delay_] {
      std::this_thread::sleep_for(pause);
      die();
    }).detach();
  }

 private:
  [[noreturn]] static void die() {
    static_cast<void>(std::raise(SIGKILL));
    std::abort();
  }

  std::string name_;
  std::atomic<int> left_{0};
  std::chrono::microseconds delay_{0};
};

}  // namespace

void reach(failpoint where) noexcept {
  static killer from_environment;
  from_environment.reached(where);
}

}  // namespace innkeeper::storage
