#include "storage/sqlite/short_read_guard.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

namespace innkeeper::storage {
namespace {

bool ends_at(int file, off64_t offset) {
  struct stat found {};
  return ::fstat(file, &found) != 0 || found.st_size <= offset;
}

/// Checks the length twice, because the file may grow between the read and the check.
ssize_t read_whole(int file, void* into, std::size_t size, off64_t offset) {
  const auto got = ::pread64(file, into, size, offset);
  if (got != 0 || size == 0 || ends_at(file, offset)) return got;
  const auto again = ::pread64(file, into, size, offset);
  if (again != 0 || ends_at(file, offset)) return again;
  errno = EIO;
  return -1;
}

void replace_read() {
  auto* vfs = sqlite3_vfs_find("unix");
  if (vfs == nullptr || vfs->iVersion < 3) return;
  // SQLite uses one of the two, depending on its build.
  for (const char* name : {"pread64", "pread"}) {
    vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(read_whole));
  }
}

}  // namespace

void insist_on_whole_reads() {
  static std::once_flag replaced;
  std::call_once(replaced, replace_read);
}

}  // namespace innkeeper::storage
