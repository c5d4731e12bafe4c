// Waiting for what another thread does.
#pragma once

#include <chrono>
#include <thread>

namespace innkeeper::testing {

/// False if it does not become true in time. Asked every millisecond.
template <class Condition>
bool becomes_true(const Condition& condition,
                  std::chrono::milliseconds patience = std::chrono::seconds(10)) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace innkeeper::testing
