#pragma once

#include <cstdint>

namespace SQLite {
class Database;
}

/// Preallocates space in the file of the write-ahead log. A commit that extends the file also waits
/// for its new length, which takes twice as long on ext4. So the writer extends it by a large step
/// before the first commit and when idle. SQLite ignores the content of the space: it finds the
/// log's end by checksums (sqlite.org/fileformat2.html#walformat). On its connection's thread.
namespace innkeeper::storage {

class wal_preallocation {
 public:
  /// `page_bytes`: the file's page size. `step_bytes`: the size of one extension; 0: none.
  wal_preallocation(SQLite::Database& connection, std::int64_t page_bytes, std::int64_t step_bytes);

  /// To be called after each commit with the number of pages in the log.
  void log_holds(int pages);
  /// Whether little space is left.
  bool is_short() const;
  /// Extends the log's file. Call it in a write transaction, so that no other process writes to the
  /// log. If the disk is full, the length stays, and it is not tried again until the log begins
  /// anew. Returns SQLITE_OK, or SQLite's code if the disk fails to sync.
  [[nodiscard]] int make();

 private:
  std::int64_t wanted_bytes() const;

  SQLite::Database& connection_;
  std::int64_t step_bytes_;
  std::int64_t page_bytes_;
  int pages_ = 0;
  /// The file's last known length; 0: unknown.
  std::int64_t file_bytes_ = 0;
  bool disk_is_full_ = false;
};

}  // namespace innkeeper::storage
