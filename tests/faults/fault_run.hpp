// One run of the real writer and reader on a new file, during which one call fails; after that the
// same process has to go on. Runs in a process of its own, since a failed sync ends it, and tells
// its story line by line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "tests/faults/faults.hpp"

namespace innkeeper::testing {

struct fault_order {
  fault what = fault::read_error;
  std::size_t at = 1;
  bool lasts = false;
  std::uint64_t seed = 1;
};

/// What a line of the story begins with; all but `refused`, `wrong` and `over` go on with the hash
/// of a row_dump.
namespace story {
constexpr char submitted = 'S';     // the file may be like this from now on
constexpr char acknowledged = 'K';  // the next of those submitted is stored
constexpr char settled = 'A';       // the file is like this
constexpr char copied = 'C';        // `killed.db` is what a kill would leave, and is like this
constexpr char refused = 'R';       // the file could not be opened, and why
constexpr char outcome = 'O';       // a batch was not stored, and why
constexpr char wrong = 'W';         // something that must not be, in words
constexpr char over = 'Z';          // the run is over; "struck" or not
}  // namespace story

/// Exit codes of a run: that of a failed sync while opening, after which nothing may go on.
constexpr int refused_to_open = 3;

/// Never returns. `folder` is empty; lines go to `out`.
[[noreturn]] void run_with_fault(const fault_order& order, const std::filesystem::path& folder,
                                 int out);

}  // namespace innkeeper::testing
