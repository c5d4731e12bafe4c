#include "storage/sqlite/wal_preallocation.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <optional>

namespace innkeeper::storage {
namespace {

/// Sizes of the log's header and of each page's header (sqlite.org/fileformat2.html#walformat).
constexpr std::int64_t log_header_bytes = 32;
constexpr std::int64_t page_header_bytes = 24;

/// The log is extended when less than this fraction of a step is left: 1 / 4.
constexpr std::int64_t parts_of_step = 4;

/// Null while there is no log.
sqlite3_file* log_of(sqlite3* connection) {
  sqlite3_file* log = nullptr;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  return log == nullptr || log->pMethods == nullptr ? nullptr : log;
}

/// Nothing if there is no log, or if the system call fails.
std::optional<std::int64_t> length_of(sqlite3_file* log) {
  sqlite3_int64 bytes = 0;
  if (log == nullptr || log->pMethods->xFileSize(log, &bytes) != SQLITE_OK) return std::nullopt;
  return bytes;
}

bool fill(sqlite3_file* log, std::int64_t from, std::int64_t to) {
  static constexpr std::array<char, std::size_t{64} * 1024> zeros{};
  while (from < to) {
    const auto part = std::min<std::int64_t>(to - from, zeros.size());
    if (log->pMethods->xWrite(log, zeros.data(), static_cast<int>(part), from) != SQLITE_OK) {
      return false;
    }
    from += part;
  }
  return true;
}

}  // namespace

wal_preallocation::wal_preallocation(SQLite::Database& connection, std::int64_t page_bytes,
                                     std::int64_t step_bytes)
    : connection_(connection), step_bytes_(step_bytes), page_bytes_(page_bytes) {}

/// Fewer pages than before: the log has begun anew, and may have been truncated.
void wal_preallocation::log_holds(int pages) {
  if (pages < pages_) {
    file_bytes_ = 0;
    disk_is_full_ = false;
  }
  pages_ = pages;
}

std::int64_t wal_preallocation::wanted_bytes() const {
  const auto used = log_header_bytes + pages_ * (page_header_bytes + page_bytes_);
  return used + step_bytes_ / parts_of_step;
}

bool wal_preallocation::is_short() const {
  return step_bytes_ > 0 && !disk_is_full_ && file_bytes_ < wanted_bytes();
}

/// Writes only after the end of the file: before it may be another process's pages.
int wal_preallocation::make() {
  auto* log = log_of(connection_.getHandle());
  const auto bytes = length_of(log);
  if (!bytes) return SQLITE_OK;
  file_bytes_ = *bytes;
  if (!is_short()) return SQLITE_OK;
  const auto longer = wanted_bytes() + step_bytes_;
  if (!fill(log, *bytes, longer)) {
    disk_is_full_ = true;
    log->pMethods->xTruncate(log, *bytes);  // leaves the space to others
    return SQLITE_OK;
  }
  file_bytes_ = longer;
  return log->pMethods->xSync(log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

}  // namespace innkeeper::storage
