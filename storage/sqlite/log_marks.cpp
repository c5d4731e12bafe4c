#include "storage/sqlite/log_marks.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <string>
#include <system_error>

#include "storage/sqlite/failure_report.hpp"

namespace innkeeper::storage {
namespace {

/// Escapes characters with a meaning in SQLite's URIs (sqlite.org/uri.html).
std::string uri_of(const std::filesystem::path& file) {
  constexpr const char* digits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : file.string()) {
    if (c == '%' || c == '?' || c == '#') {
      const auto byte = static_cast<unsigned char>(c);
      uri.append({'%', digits[byte >> 4U], digits[byte & 0x0FU]});
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

bool is_whole_copy(const log_marks& its) {
  return its.noted_schema != its.schema;
}

/// Whether the error means a damaged file. Other errors (a lock, too little memory, too few
/// descriptors) do not.
bool tells_of_damage(const SQLite::Exception& error) {
  const int code = primary_code(error);
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

}  // namespace

found_marks marks_seen_by(SQLite::Database& connection) {
  try {
    if (!connection.tableExists("begun_log")) return {};
    SQLite::Statement marks(connection,
                            "SELECT a.mark, b.mark, b.previous, a.schema"
                            " FROM announced_log a, begun_log b");
    if (!marks.executeStep()) return {};
    log_marks found{marks.getColumn(0).getInt64(), marks.getColumn(1).getInt64(),
                    marks.getColumn(2).getInt64(), marks.getColumn(3).getInt64(),
                    connection.execAndGet("PRAGMA schema_version").getInt64()};
    return {true, found};
  } catch (const SQLite::Exception& error) {
    if (!tells_of_damage(error)) throw;
    return {false, std::nullopt};
  }
}

found_marks marks_of_file_alone(const std::filesystem::path& file) {
  try {
    SQLite::Database alone(uri_of(file), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
    return marks_seen_by(alone);
  } catch (const SQLite::Exception& error) {
    if (!tells_of_damage(error)) throw;
    return {false, std::nullopt};
  }
}

bool has_log(const std::filesystem::path& file) {
  constexpr std::uintmax_t header_bytes = 32;  // sqlite.org/fileformat2.html#walformat
  std::error_code none;
  const auto bytes = std::filesystem::file_size(file.string() + "-wal", none);
  return !none && bytes > header_bytes;
}

pairing judge(const found_marks& alone, const found_marks& with_log, bool has_log) {
  if (!alone.readable) return pairing::fits;
  // A file that is readable only without the log has another file's log.
  if (!with_log.readable) return alone.marks ? pairing::log_of_another : pairing::fits;
  if (!with_log.marks) return pairing::fits;
  const auto& whole = *with_log.marks;
  const bool awaits_log = whole.announced != whole.begun && !is_whole_copy(whole);
  if (!has_log) return awaits_log ? pairing::log_is_missing : pairing::fits;
  // The log contains the table: it is of the version that introduced the table, or of another file.
  if (!alone.marks) return whole.begun == 0 ? pairing::fits : pairing::log_of_another;
  const auto& file = *alone.marks;
  if (file == whole) return awaits_log ? pairing::log_is_missing : pairing::fits;
  if (is_whole_copy(file) && whole.schema != file.schema) return pairing::log_of_another;
  if (whole.begun == file.announced || whole.begun == file.begun) return pairing::fits;
  const bool is_very_young = whole.previous != whole.begun && whole.previous == file.begun;
  return is_very_young ? pairing::fits : pairing::log_of_another;
}

}  // namespace innkeeper::storage
