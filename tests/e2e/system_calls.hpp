// Reads what strace -f -ttt -yy has written: which calls a process made, in which order they began
// and ended. A call that other threads interrupted in the log is put together again.
#pragma once

#include <string>
#include <vector>

namespace innkeeper::testing {

struct system_call {
  std::string name;
  std::string text;        // arguments and result, as strace shows them
  long result = -1;        // -1 for an error and for a call that never ended
  std::size_t begins = 0;  // number of the line
  std::size_t ends = 0;

  bool concerns(const std::string& what) const { return text.find(what) != std::string::npos; }
};

/// In the order in which they began.
std::vector<system_call> read_system_calls(const std::string& log);

}  // namespace innkeeper::testing
