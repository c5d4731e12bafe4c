#pragma once

#include <cerrno>

// Of sqlite3.h, which no header of ours includes.
struct sqlite3;
// NOLINTNEXTLINE(readability-redundant-declaration): the writer's source includes that as well
extern "C" int sqlite3_system_errno(sqlite3* connection);

namespace innkeeper::storage {

/// SQLite calls a disk full only where the system says ENOSPC to a write of data. A quota, or no
/// room for the index of the log, are I/O errors to it, but to whoever has to make room they are
/// the same. Right after the failure, on the connection's thread.
inline bool lacks_room(sqlite3* connection) {
  const int error = sqlite3_system_errno(connection);
  return error == ENOSPC || error == EDQUOT;
}

}  // namespace innkeeper::storage
