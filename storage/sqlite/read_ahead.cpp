#include "storage/sqlite/read_ahead.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace innkeeper::storage {
namespace {

/// Linux handles one posix_fadvise call up to the device's window (read_ahead_kb) or its longest
/// read, and ignores the rest. This is the default window.
constexpr std::uint64_t piece_bytes = std::uint64_t{128} * 1024;

std::uint64_t length_of(int file) {
  struct stat found {};
  const bool is_file = ::fstat(file, &found) == 0 && S_ISREG(found.st_mode);
  return is_file ? static_cast<std::uint64_t>(found.st_size) : 0;
}

off_t place_of(std::uint64_t piece) {
  return static_cast<off_t>(piece * piece_bytes);
}

void read_open_file_ahead(int file, std::chrono::milliseconds at_most) {
  using clock = std::chrono::steady_clock;
  const auto deadline = clock::now() + at_most;
  const auto pieces = (length_of(file) + piece_bytes - 1) / piece_bytes;
  read_pieces_ahead(pieces, {[file](std::uint64_t piece) {
                               return ::posix_fadvise(file, place_of(piece), piece_bytes,
                                                      POSIX_FADV_WILLNEED) == 0;
                             },
                             [file](std::uint64_t piece) {
                               char byte = 0;
                               return ::pread(file, &byte, sizeof byte, place_of(piece)) ==
                                      sizeof byte;
                             },
                             [deadline] { return clock::now() >= deadline; }});
}

}  // namespace

void read_ahead(const std::filesystem::path& file, std::chrono::milliseconds at_most) {
  // Without O_NONBLOCK, opening a pipe would block.
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (opened < 0) return;
  read_open_file_ahead(opened, at_most);
  ::close(opened);
}

std::uint64_t read_pieces_ahead(std::uint64_t pieces, const piece_reader& by) {
  std::uint64_t begun = 0;
  std::uint64_t came = 0;
  while (begun < pieces && !by.is_time_over()) {
    if (begun - came < std::min(came + 1, pieces_under_way_max)) {
      if (!by.begin(begun)) break;
      ++begun;
    } else {
      if (!by.wait_for(came)) return came;
      ++came;
    }
  }
  while (came < begun && by.wait_for(came)) ++came;
  return came;
}

}  // namespace innkeeper::storage
