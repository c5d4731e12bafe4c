#include "storage/sqlite/failure_report.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "storage/sqlite/disk_full.hpp"
#include "storage/sqlite/writer_options.hpp"

namespace innkeeper::storage {
namespace {

using health::reason;

constexpr int primary_bits = 0xFF;

/// Small commits may succeed while large ones fail, so one success does not end the trouble.
constexpr std::chrono::seconds sound_after{5};
constexpr std::chrono::seconds slow_commit{1};

commit_outcome outcome_of(int code, sqlite3* connection) {
  switch (code & primary_bits) {
    case SQLITE_FULL:
      return commit_outcome::storage_full;
    case SQLITE_BUSY:
      return commit_outcome::locked;
    case SQLITE_IOERR:
      return is_disk_full(connection, code) ? commit_outcome::storage_full
                                            : commit_outcome::io_error;
    case SQLITE_NOMEM:
      return commit_outcome::out_of_memory;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return commit_outcome::rejected;
    default:
      return commit_outcome::io_error;
  }
}

bool lacks_descriptors(sqlite3* connection) {
  const int error = sqlite3_system_errno(connection);
  return error == EMFILE || error == ENFILE;
}

reason reason_of(int code, sqlite3* connection) {
  switch (code & primary_bits) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return reason::file_damaged;
    case SQLITE_CANTOPEN:
      return lacks_descriptors(connection) ? reason::descriptors_short : reason::disk_fails;
    default:
      break;
  }
  switch (outcome_of(code, connection)) {
    case commit_outcome::storage_full:
      return reason::storage_full;
    case commit_outcome::locked:
      return reason::file_locked;
    case commit_outcome::out_of_memory:
      return reason::memory_short;
    default:
      return reason::disk_fails;
  }
}

}  // namespace

int primary_code(const SQLite::Exception& error) {
  return error.getExtendedErrorCode() & primary_bits;
}

void end_process(const std::string& sentence) {
  std::fprintf(stderr, "innkeeper: %s\n", sentence.c_str());
  std::_Exit(EXIT_FAILURE);
}

void stop_if_sync_failed(int code) {
  if (code != SQLITE_IOERR_FSYNC && code != SQLITE_IOERR_DIR_FSYNC) return;
  std::fputs(
      "innkeeper: the disk failed to sync the database; stopping so that nothing is "
      "acknowledged that may not be stored. Check the disk and start again.\n",
      stderr);
  std::abort();
}

void stop_if_sync_failed(const SQLite::Exception& error) {
  stop_if_sync_failed(error.getExtendedErrorCode());
}

void report_failure(health::monitor& to, const SQLite::Exception& error, sqlite3* connection,
                    std::string_view doing) {
  const int code = error.getExtendedErrorCode();
  auto detail = std::string(doing) + " failed: " + error.what();
  if (primary_code(error) != code) detail += " (SQLite " + std::to_string(code) + ")";
  to.report(reason_of(code, connection), detail);
}

commit_outcome failure_report::failed(const SQLite::Exception& error, sqlite3* connection,
                                      std::string_view doing) {
  const auto outcome = outcome_of(error.getExtendedErrorCode(), connection);
  if (outcome == commit_outcome::rejected) return outcome;  // the object's own fault
  failed_at_ = std::chrono::steady_clock::now();
  report_failure(health_, error, connection, doing);
  return outcome;
}

void failure_report::committed(time_point now, std::chrono::steady_clock::duration took) {
  if (took >= slow_commit) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    health_.report(reason::disk_slow, "a commit took " + std::to_string(ms) + " ms");
  }
  if (!health_.any_storage_trouble() || now - failed_at_ < sound_after) return;
  health_.end(reason::storage_full);
  health_.end(reason::file_locked);
}

bool failure_report::is_to_be_tried() const {
  return health_.any_storage_trouble() &&
         (health_.is_on(reason::storage_full) || health_.is_on(reason::file_locked));
}

}  // namespace innkeeper::storage
