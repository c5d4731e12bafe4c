#include "tests/full_disk/small_disk.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "tests/support/child_process.hpp"

namespace innkeeper::testing {
namespace {

/// Once for the process: mounts from here on are its own.
void leave_the_common_namespace() {
  static const bool left = ::unshare(CLONE_NEWNS) == 0 &&
                           ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  if (!left) {
    throw no_small_disk(std::string("this process may not mount anything (") +
                        std::strerror(errno) + ")");
  }
}

bool runs_well(const std::vector<std::string>& words) {
  const auto result = run_command(words);
  return result.ended && result.ended->code == 0;
}

/// Until the disk takes no more, in ever smaller pieces.
void write_as_much_as_fits(int file, std::size_t bytes) {
  constexpr std::size_t piece_max = 65536;
  const std::vector<char> nothing(piece_max);
  for (std::size_t piece = piece_max; piece > 0 && bytes > 0;) {
    const auto written = ::write(file, nothing.data(), std::min(piece, bytes));
    if (written > 0) {
      bytes -= static_cast<std::size_t>(written);
    } else {
      piece /= 2;
    }
  }
}

}  // namespace

small_disk::small_disk(std::size_t mebibytes) {
  leave_the_common_namespace();
  std::filesystem::create_directory(folder_);
  if (!mount_ext4(mebibytes) && !mount_tmpfs(mebibytes)) {
    throw no_small_disk("neither ext4 on a loop device nor tmpfs can be mounted");
  }
}

small_disk::~small_disk() {
  // At once for new users; for a server that is not quite gone, when it is.
  static_cast<void>(::umount2(folder_.c_str(), MNT_DETACH));
}

bool small_disk::mount_ext4(std::size_t mebibytes) {
  const auto image = (place_.path() / "image").string();
  kind_ = "ext4";
  return runs_well({"truncate", "-s", std::to_string(mebibytes) + "M", image}) &&
         runs_well({"mkfs.ext4", "-q", "-m", "0", image}) &&
         runs_well({"mount", "-o", "loop", image, folder_.string()});
}

bool small_disk::mount_tmpfs(std::size_t mebibytes) {
  const auto size = "size=" + std::to_string(mebibytes) + "m";
  kind_ = "tmpfs";
  return ::mount("none", folder_.c_str(), "tmpfs", 0, size.c_str()) == 0;
}

std::size_t small_disk::free_bytes() const {
  struct statvfs found {};
  if (::statvfs(folder_.c_str(), &found) != 0) return 0;
  return found.f_bavail * found.f_frsize;
}

void small_disk::fill(std::size_t leave_free) {
  const int file = ::open(ballast().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error("cannot fill the small disk");
  // What ext4 has promised to metadata is free again after a sync: fill that as well.
  for (int i = 0; i < 10 && free_bytes() > leave_free; ++i) {
    write_as_much_as_fits(file, free_bytes() - leave_free);
    ::fsync(file);
  }
  ::close(file);
}

void small_disk::make_room() {
  std::filesystem::remove(ballast());
}

}  // namespace innkeeper::testing
