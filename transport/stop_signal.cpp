#include "transport/stop_signal.hpp"

#include <csignal>

namespace innkeeper::transport {

stop_signal::stop_signal(loop& on) : signals_(on.io(), SIGTERM, SIGINT) {
  signals_.async_wait([arrived = arrived_](boost::system::error_code error, int number) {
    if (!error) arrived->set_value(number);
  });
}

int stop_signal::wait() {
  return arrived_->get_future().get();
}

}  // namespace innkeeper::transport
