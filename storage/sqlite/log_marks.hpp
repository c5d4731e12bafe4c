#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace SQLite {
class Database;
}

/// Decides whether a file and the write-ahead log beside it belong together. SQLite does not check:
/// it applies any complete log to any file. So the server stores marks. Before a new log, the file
/// names it (table `announced_log`). The log then records that it has begun (table `begun_log`). A
/// file that announces a log which is missing is a copy without its log. A log unknown to the file
/// belongs to another file, usually to one that a backup has replaced.
///
/// A copy made by SQLite (VACUUM INTO, the backup API) is complete although it may announce a log.
/// Its PRAGMA schema_version differs from the noted one of its original.
///
/// Only storage/ includes this. On the thread that opens the file.
namespace innkeeper::storage {

struct log_marks {
  /// The mark of the log that was about to begin when this was written.
  std::int64_t announced = 0;
  /// The mark of the log that contains this.
  std::int64_t begun = 0;
  /// The previous log, while the file may not announce `begun` yet.
  std::int64_t previous = 0;
  /// PRAGMA schema_version of the file for which this was written.
  std::int64_t noted_schema = 0;
  /// The current PRAGMA schema_version.
  std::int64_t schema = 0;

  friend bool operator==(const log_marks&, const log_marks&) = default;
};

enum class pairing {
  fits,
  /// The file is a copy without its log.
  log_is_missing,
  /// The log belongs to another file.
  log_of_another,
};

/// The marks found in a file.
struct found_marks {
  /// False if they are unreadable, as in a file with an incomplete checkpoint.
  bool readable = true;
  /// Nothing for files of older versions.
  std::optional<log_marks> marks;
};

/// The marks that a connection sees, with the log. Both functions throw SQLite::Exception, except
/// for damage.
found_marks marks_seen_by(SQLite::Database& connection);
/// The marks of the file without its log. Opens and closes the file, so call it before any lock on
/// the file.
found_marks marks_of_file_alone(const std::filesystem::path& file);
/// Whether there is a log that may contain pages.
bool has_log(const std::filesystem::path& file);

/// `alone` is used only if there is a log.
pairing judge(const found_marks& alone, const found_marks& with_log, bool has_log);

}  // namespace innkeeper::storage
