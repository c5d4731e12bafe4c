#pragma once

#include <cstdint>

namespace SQLite {
class Database;
}

/// Room in the file of the write-ahead log for what will be written next. A commit that makes the
/// file longer waits for the file system to store its new length as well, on ext4 twice as long as
/// one that finds room; so the writer makes much room at once before the first commit and when it
/// has nothing else to do. What is in the room is no log to SQLite, which knows the log's end by
/// its checksums (sqlite.org/fileformat2.html#walformat). On its connection's thread.
namespace innkeeper::storage {

class wal_preallocation {
 public:
  /// `page_bytes`: of a page of the file; `step_bytes`: how much room is made at once; 0: none.
  wal_preallocation(SQLite::Database& connection, std::int64_t page_bytes, std::int64_t step_bytes);

  /// Told after each commit how many pages the log holds.
  void log_holds(int pages);
  /// Whether there is little room left.
  bool is_short() const;
  /// Makes more, in a write transaction: nobody else may write to the log meanwhile. Where the disk
  /// has no room for it, it is left as it was, and not asked again until the log begins anew. Gives
  /// SQLITE_OK, or SQLite's code if the disk fails to sync.
  [[nodiscard]] int make();

 private:
  std::int64_t wanted_bytes() const;

  SQLite::Database& connection_;
  std::int64_t step_bytes_;
  std::int64_t page_bytes_;
  int pages_ = 0;
  /// The file's length when it was last looked at; 0: to be looked at.
  std::int64_t file_bytes_ = 0;
  bool disk_is_full_ = false;
};

}  // namespace innkeeper::storage
