#include "tests/support/event_pump.hpp"

namespace innkeeper::testing {

bool pump_until(boost::asio::io_context& io, deadline_point deadline,
                const std::function<bool()>& done) {
  while (!done()) {
    if (io.stopped()) {
      io.restart();
    }
    if (io.run_one_until(deadline) == 0) {
      return done();
    }
  }
  return true;
}

}  // namespace innkeeper::testing
