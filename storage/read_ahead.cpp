#include "storage/read_ahead.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace innkeeper::storage {
namespace {

/// One call of posix_fadvise is heard up to the longest read of the device, which is often 1 MiB or
/// more.
constexpr off_t piece_bytes = off_t{1024} * 1024;
/// Enough to keep a disk busy, and little enough for one that is slow.
constexpr off_t under_way_max = 16 * piece_bytes;

off_t length_of(int file) {
  struct stat found {};
  return ::fstat(file, &found) == 0 && S_ISREG(found.st_mode) ? found.st_size : 0;
}

/// Waits until the byte is there.
bool await(int file, off_t offset) {
  char byte = 0;
  return ::pread(file, &byte, sizeof byte, offset) == sizeof byte;
}

off_t read_open(int file, std::chrono::milliseconds at_most) {
  using clock = std::chrono::steady_clock;
  const auto end_of_time = clock::now() + at_most;
  const auto length = length_of(file);
  off_t asked = 0;
  for (; asked < length && clock::now() < end_of_time; asked += piece_bytes) {
    if (::posix_fadvise(file, asked, piece_bytes, POSIX_FADV_WILLNEED) != 0) break;
    if (asked >= under_way_max && !await(file, asked - under_way_max)) break;
  }
  return std::min(asked, length);
}

}  // namespace

std::uint64_t read_ahead(const std::filesystem::path& file, std::chrono::milliseconds at_most) {
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0) return 0;
  const auto asked = read_open(opened, at_most);
  ::close(opened);
  return static_cast<std::uint64_t>(asked);
}

}  // namespace innkeeper::storage
