#pragma once

#include <chrono>
#include <string_view>

#include "health/monitor.hpp"
#include "storage/batch_writer.hpp"

namespace SQLite {
class Exception;
}
struct sqlite3;

/// Maps a failure of SQLite to a commit outcome and to a health reason. Only storage/ includes
/// this. On the connection's thread, right after the failure.
namespace innkeeper::storage {

/// The low byte of SQLite's extended codes (sqlite.org/rescode.html).
int primary_code(const SQLite::Exception& error);

/// Ends the process with a message if a sync failed. After that it is unknown which pages are on
/// disk, and a second sync may report success wrongly. The only safe way is to stop and recover
/// from the file.
void stop_if_sync_failed(int code);
void stop_if_sync_failed(const SQLite::Exception& error);

/// Reports a failure to health. `doing` and SQLite's message form the detail.
void report_failure(health::monitor& to, const SQLite::Exception& error, sqlite3* connection,
                    std::string_view doing);

/// Reports the writer's failures to health, and when they are over.
class failure_report {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit failure_report(health::monitor& health) : health_(health) {}

  /// Reports a failed transaction; returns the outcome of its batches.
  commit_outcome failed(const SQLite::Exception& error, sqlite3* connection,
                        std::string_view doing);
  /// A transaction was committed; `took` is its total duration.
  void committed(time_point now, std::chrono::steady_clock::duration took);
  /// Whether commits have failed, so that the writer should probe the disk.
  bool is_to_be_tried() const;

 private:
  health::monitor& health_;
  time_point failed_at_{};
};

}  // namespace innkeeper::storage
