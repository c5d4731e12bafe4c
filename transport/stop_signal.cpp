#include "transport/stop_signal.hpp"

#include <csignal>
#include <utility>

namespace innkeeper::transport {

stop_signal::stop_signal(loop& on) : signals_(on.io(), SIGTERM, SIGINT) {
  signals_.async_wait([arrived = arrived_](boost::system::error_code error, int number) {
    if (!error) arrived->set_value(number);
  });
}

int stop_signal::wait() {
  return arrived_->get_future().get();
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
