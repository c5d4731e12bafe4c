#include "storage/sqlite/disk_full.hpp"

#include <sqlite3.h>

#include <cerrno>

namespace innkeeper::storage {
namespace {

bool is_lack_of_room(int error) {
  return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

/// The last system error of the file or of its log, even after later calls.
int last_error_of(sqlite3* connection, int which_file) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection, "main", which_file, &file);
  int error = 0;
  if (file == nullptr || file->pMethods == nullptr) return error;
  const bool known =
      file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error) == SQLITE_OK;
  return known ? error : 0;
}

}  // namespace

/// The connection stores the system's error, but not for every failure. A file that may not grow
/// (EFBIG) stores it only in the file's handle.
bool is_disk_full(sqlite3* connection, int code) {
  if (is_lack_of_room(sqlite3_system_errno(connection))) return true;
  if (code != SQLITE_IOERR_WRITE) return false;
  return is_lack_of_room(last_error_of(connection, SQLITE_FCNTL_JOURNAL_POINTER)) ||
         is_lack_of_room(last_error_of(connection, SQLITE_FCNTL_FILE_POINTER));
}

}  // namespace innkeeper::storage
