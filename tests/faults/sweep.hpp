// Lets each call of a kind fail in its turn, each in a process of its own, and judges what came of
// it. The calling process may not have any other thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "tests/faults/fault_run.hpp"

namespace innkeeper::testing {

struct sweep_result {
  /// Calls that there are, as far as the sweep has come, and those that were made to fail.
  std::size_t calls = 0;
  std::size_t runs = 0;
  /// Processes that stopped with words, as after a failed sync.
  std::size_t stopped = 0;
  /// Files that could not be opened, and why.
  std::map<std::string, std::size_t> refusals;
  /// Batches that were not stored, by the outcome.
  std::map<std::string, std::size_t> outcomes;
  /// A kill would have left what nobody was told of.
  std::size_t untold = 0;
  std::vector<std::string> wrong;
};

/// From the first call on, every so many, to the last one that a run makes.
sweep_result sweep(fault what, bool lasts, std::size_t step, std::uint64_t seed);

}  // namespace innkeeper::testing
