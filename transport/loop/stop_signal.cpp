#include "transport/loop/stop_signal.hpp"

#include <csignal>
#include <utility>

namespace innkeeper::transport {

stop_signal::stop_signal(loop& on) : signals_(on.io(), SIGTERM, SIGINT) {
  signals_.async_wait([arrived = arrived_](boost::system::error_code error, int number) {
    if (!error) arrived->set_value(number);
  });
}

std::optional<int> stop_signal::wait_for(std::chrono::milliseconds time) {
  if (number_.wait_for(time) != std::future_status::ready) return std::nullopt;
  return number_.get();
}

renew_signal::renew_signal(loop& on, std::function<void()> callback)
    : signals_(on.io(), SIGHUP), callback_(std::move(callback)) {
  wait();
}

void renew_signal::wait() {
  signals_.async_wait([this](boost::system::error_code error, int) {
    if (error) return;
    callback_();
    wait();
  });
}

}  // namespace innkeeper::transport
