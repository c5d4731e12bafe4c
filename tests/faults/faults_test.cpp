// The Nth call to the system fails, for every N and in every way: what has been told is stored,
// nothing ends without words, and once it is over the server goes on. INNKEEPER_FAULT_STEP says how
// many calls are passed over between two failures (1: none) and INNKEEPER_SEED which workload.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iomanip>
#include <iostream>

#include "tests/faults/sweep.hpp"

using namespace innkeeper::testing;

namespace {

std::size_t number_from(const char* variable, std::size_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoul(text);
}

/// A run makes some hundred calls of each kind but thousands of allocations.
std::size_t step_of(fault what) {
  switch (what) {
    case fault::out_of_memory:
      return number_from("INNKEEPER_FAULT_STEP", 101);
    case fault::read_error:
    case fault::read_ends_early:
    case fault::partial_transfer:
    case fault::write_error:
    case fault::disk_full:
    case fault::short_write:
      return number_from("INNKEEPER_FAULT_STEP", 11);
    default:
      return number_from("INNKEEPER_FAULT_STEP", 3);
  }
}

void print(fault what, bool lasts, const sweep_result& found) {
  std::cout << std::left << std::setw(16) << name_of(what) << (lasts ? " lasting: " : " once:    ")
            << found.runs << " of " << found.calls << " calls made to fail; " << found.stopped
            << " stops with words";
  for (const auto& [outcome, count] : found.outcomes) std::cout << ", " << count << " " << outcome;
  std::cout << ", " << found.untold << " stored untold, " << found.wrong.size() << " wrong\n";
  for (const auto& [why, count] : found.refusals) {
    std::cout << "    " << count << " x refused: " << why << "\n";
  }
  std::cout << std::flush;
}

}  // namespace

TEST_CASE("whichever call fails nothing told is lost and the server goes on") {
  const auto seed = number_from("INNKEEPER_SEED", 1);
  std::size_t runs = 0;
  std::size_t stopped = 0;
  std::size_t wrong = 0;
  for (const auto what : all_faults) {
    for (const bool lasts : {false, true}) {
      const auto found = sweep(what, lasts, step_of(what), seed);
      print(what, lasts, found);
      for (const auto& each : found.wrong) UNSCOPED_INFO(each);
      CHECK(found.wrong.empty());
      CHECK(found.runs > 0);
      runs += found.runs;
      stopped += found.stopped;
      wrong += found.wrong.size();
    }
  }
  std::cout << "seed " << seed << ": " << runs << " runs with a failure, " << stopped
            << " stopped with words, " << wrong << " lost or left something wrong\n";
}
