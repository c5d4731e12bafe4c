#include "tests/faults/faults.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <stdexcept>
#include <utility>

namespace innkeeper::testing {
namespace {

/// The system's calls have no place for a context, so what is to fail is global.
struct plan {
  std::atomic<bool> armed = false;
  std::atomic<bool> struck = false;
  std::atomic<std::size_t> left = 0;
  fault what = fault::read_error;
  bool lasts = false;
};

plan the_plan;

/// True if this call is one that has to fail.
bool strikes(fault what) {
  if (!the_plan.armed || the_plan.what != what) return false;
  if (the_plan.struck) return the_plan.lasts;
  if (--the_plan.left != 0) return false;
  the_plan.struck = true;
  return true;
}

sqlite3_mem_methods ordinary_memory;

void* allocate(int bytes) {
  return strikes(fault::out_of_memory) ? nullptr : ordinary_memory.xMalloc(bytes);
}

void* reallocate(void* memory, int bytes) {
  return strikes(fault::out_of_memory) ? nullptr : ordinary_memory.xRealloc(memory, bytes);
}

void must_be_ok(int code) {
  if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errstr(code));
}

bool is_folder(int descriptor) {
  struct stat found {};
  return ::fstat(descriptor, &found) == 0 && S_ISDIR(found.st_mode);
}

long failed(int error) {
  errno = error;
  return -1;
}

}  // namespace

std::string_view name_of(fault what) {
  constexpr std::array<std::string_view, all_faults.size()> names{
      "read error",       "read ends early", "write error",    "disk full",  "short write",
      "partial transfer", "sync error",      "truncate error", "open error", "out of memory"};
  return names.at(static_cast<std::size_t>(what));
}

void watch_memory() {
  must_be_ok(sqlite3_shutdown());
  must_be_ok(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &ordinary_memory));
  auto watched = ordinary_memory;
  watched.xMalloc = allocate;
  watched.xRealloc = reallocate;
  must_be_ok(sqlite3_config(SQLITE_CONFIG_MALLOC, &watched));
  must_be_ok(sqlite3_initialize());
}

void arm(fault what, std::size_t at, bool lasts) {
  the_plan.armed = false;
  the_plan.what = what;
  the_plan.lasts = lasts;
  the_plan.left = at;
  the_plan.struck = false;
  the_plan.armed = true;
}

bool heal() {
  the_plan.armed = false;
  return the_plan.struck;
}

bool has_struck() {
  return the_plan.struck;
}

}  // namespace innkeeper::testing

// What SQLite calls: a program's own functions come before the C library's.
using innkeeper::testing::failed;
using innkeeper::testing::fault;
using innkeeper::testing::is_folder;
using innkeeper::testing::strikes;

// The C library's headers name their parameters with leading underscores.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
extern "C" {

ssize_t pread64(int file, void* into, std::size_t size, off64_t at) {
  if (strikes(fault::read_error)) return failed(EIO);
  if (strikes(fault::partial_transfer) && size > 1) size /= 2;
  static thread_local bool at_end = false;
  if (std::exchange(at_end, false)) return 0;
  if (strikes(fault::read_ends_early)) {
    at_end = true;
    size /= 2;
  }
  return ::syscall(SYS_pread64, file, into, size, at);
}

ssize_t pwrite64(int file, const void* from, std::size_t size, off64_t at) {
  if (strikes(fault::write_error)) return failed(EIO);
  if (strikes(fault::disk_full)) return failed(ENOSPC);
  if (strikes(fault::partial_transfer) && size > 1) size /= 2;
  static thread_local bool is_full = false;
  if (std::exchange(is_full, false)) return failed(ENOSPC);
  if (strikes(fault::short_write) && size > 1) {
    is_full = true;
    size /= 2;
  }
  return ::syscall(SYS_pwrite64, file, from, size, at);
}

int ftruncate64(int file, off64_t size) noexcept {
  if (strikes(fault::truncate_error)) return static_cast<int>(failed(EIO));
  return static_cast<int>(::syscall(SYS_ftruncate, file, size));
}

// SQLite does not ask how the sync of a folder went: there is nothing to see.
int fdatasync(int file) {
  if (!is_folder(file) && strikes(fault::sync_error)) return static_cast<int>(failed(EIO));
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

int open64(const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : mode_t{0};
  va_end(more);
  if (strikes(fault::open_error)) return static_cast<int>(failed(EMFILE));
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, name, flags, mode));
}

}  // extern "C"
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
