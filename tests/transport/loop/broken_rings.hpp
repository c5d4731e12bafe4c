#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

namespace innkeeper::transport {

/// From now on the kernel works for no ring that this process has open: something else stands in
/// the place of each.
inline void break_rings() {
  std::vector<int> rings;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;  // the one that this loop reads from
    const auto what = std::filesystem::read_symlink(each.path(), gone);
    if (!gone && what == "anon_inode:[io_uring]")
      rings.push_back(std::stoi(each.path().filename()));
  }
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int ring : rings) ::dup2(nothing, ring);
  ::close(nothing);
}

}  // namespace innkeeper::transport
