// Runs an io_context in the calling thread until something a test waits for is true. Every wait of
// the tests goes through here, so none of them can hang.
#pragma once

#include <chrono>
#include <functional>

#include <boost/asio/io_context.hpp>

namespace innkeeper::testing {

using deadline_point = std::chrono::steady_clock::time_point;

inline deadline_point after(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

/// True as soon as `done` is; false at the deadline, or at once when nothing is left to wait for.
bool pump_until(boost::asio::io_context& io, deadline_point deadline,
                const std::function<bool()>& done);

}  // namespace innkeeper::testing
