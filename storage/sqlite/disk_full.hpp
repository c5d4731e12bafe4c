#pragma once

// Of sqlite3.h, which no header of ours includes.
struct sqlite3;

namespace innkeeper::storage {

/// SQLite calls a disk full only where the system says ENOSPC to a write of data. A quota, a limit
/// on the size of files, or no room for the index of the log, are I/O errors to it, but to whoever
/// has to make room they are the same. `code` is SQLite's extended one. After the failure, on the
/// connection's thread.
bool is_disk_full(sqlite3* connection, int code);

}  // namespace innkeeper::storage
