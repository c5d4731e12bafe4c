// An SQLite VFS that passes everything on to the ordinary one and writes down what is written, cut
// and synced in a database file and its write-ahead log. From the record every state can be built
// in which a power cut may leave the disk: what was synced is there, what was not may be missing,
// cut short or out of order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace innkeeper::testing {

enum class disk_file { database, log };

struct disk_event {
  enum class kind { write, truncate, sync, note };

  kind what = kind::note;
  disk_file file = disk_file::database;
  /// Where a write begins, or the size that a truncation leaves.
  std::int64_t offset = 0;
  std::string bytes;
  /// What a test noted down between the disk's events.
  std::string note;
};

/// Makes the VFS SQLite's default for as long as it lives. One at a time.
class recording_vfs {
 public:
  recording_vfs();
  ~recording_vfs();
  recording_vfs(const recording_vfs&) = delete;
  recording_vfs& operator=(const recording_vfs&) = delete;

  /// Any thread.
  void start();
  void note(std::string text);
  std::vector<disk_event> stop();
};

}  // namespace innkeeper::testing
