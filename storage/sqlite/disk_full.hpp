#pragma once

// Declared by sqlite3.h, which none of our headers includes.
struct sqlite3;

namespace innkeeper::storage {

/// Whether a failure means that there is no room. SQLite reports a full disk only if the system
/// answers ENOSPC to a write of data. It reports I/O errors for a quota, a limit on file sizes, or
/// no room for the log's index. The operator's remedy is the same for all. `code` is SQLite's
/// extended code. Call it after the failure, on the connection's thread.
bool is_disk_full(sqlite3* connection, int code);

}  // namespace innkeeper::storage
