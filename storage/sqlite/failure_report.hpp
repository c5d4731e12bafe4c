#pragma once

#include <chrono>
#include <string_view>

#include "health/monitor.hpp"
#include "storage/batch_writer.hpp"

namespace SQLite {
class Exception;
}
struct sqlite3;

/// What a failure of SQLite means: for those who wait, and for the server's health. Only storage/
/// includes this. On the connection's thread, right after the failure.
namespace innkeeper::storage {

/// The low byte of SQLite's extended codes (sqlite.org/rescode.html).
int primary_code(const SQLite::Exception& error);

/// After a failed sync nobody knows which pages have reached the disk, and asking again may lie:
/// the only safe way on is to stop and recover from the file. Ends the process, in words.
void stop_if_sync_failed(int code);
void stop_if_sync_failed(const SQLite::Exception& error);

/// Which trouble a failure is; `doing` and SQLite's words make its detail.
void report_failure(health::monitor& to, const SQLite::Exception& error, sqlite3* connection,
                    std::string_view doing);

/// Tells of the writer's failures, and when they are over.
class failure_report {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit failure_report(health::monitor& health) : health_(health) {}

  /// What becomes of a transaction's batches.
  commit_outcome failed(const SQLite::Exception& error, sqlite3* connection,
                        std::string_view doing);
  /// A transaction has been committed; `took` from its beginning to its end.
  void committed(time_point now, std::chrono::steady_clock::duration took);
  /// Whether commits have failed, so that one should be tried.
  bool is_to_be_tried() const;

 private:
  health::monitor& health_;
  time_point failed_at_{};
};

}  // namespace innkeeper::storage
