#include "app/server_clock.hpp"

#include <algorithm>
#include <ctime>

namespace innkeeper::app {
namespace {

std::chrono::nanoseconds read_clock(clockid_t which) {
  timespec now{};
  if (::clock_gettime(which, &now) != 0) return {};
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

server_clock::server_clock(std::int64_t kept_ms) : kept_ms_(kept_ms) {}

std::int64_t server_clock::ms(std::chrono::steady_clock::time_point when) const {
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(when - start_);
  return kept_ms_ + passed.count() + slept_since_ms_.load(std::memory_order_relaxed);
}

void server_clock::look() {
  const auto since = (slept() - slept_before_).count();
  slept_since_ms_ = std::max(slept_since_ms_.load(), since);
}

std::chrono::milliseconds server_clock::slept() {
  const auto all = read_clock(CLOCK_BOOTTIME);  // read first, so that it is never too much
  const auto awake = read_clock(CLOCK_MONOTONIC);
  return std::chrono::duration_cast<std::chrono::milliseconds>(all - awake);
}

}  // namespace innkeeper::app
