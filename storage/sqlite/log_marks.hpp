#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace SQLite {
class Database;
}

/// Whether a file and the write-ahead log beside it belong together. SQLite does not ask: it puts
/// any whole log over any file. So the server notes in the file itself which log it is about to
/// begin (table `announced_log`), and in that log that it has begun (`begun_log`). A file that
/// announces a log which is not there is a copy that lacks it. A log that the file knows nothing of
/// is another file's, mostly that of the file that a backup has replaced.
///
/// A copy made by SQLite (VACUUM INTO, the backup API) is whole although it may announce a log.
/// Such a copy has another PRAGMA schema_version than its original, which is noted for that.
///
/// Only storage/ includes this. On the thread that opens the file.
namespace innkeeper::storage {

struct log_marks {
  /// The log that was about to begin when this was written.
  std::int64_t announced = 0;
  /// The log that this was written to.
  std::int64_t begun = 0;
  /// The one before it, as long as the file may not announce `begun` yet.
  std::int64_t previous = 0;
  /// PRAGMA schema_version of the file that this was written for.
  std::int64_t noted_schema = 0;
  /// PRAGMA schema_version as it is.
  std::int64_t schema = 0;

  friend bool operator==(const log_marks&, const log_marks&) = default;
};

enum class pairing {
  fits,
  /// The file is a copy without its log.
  log_is_missing,
  /// The log is not that of this file.
  log_of_another,
};

/// What was found of a file's marks.
struct found_marks {
  /// False if they cannot be read, as in a file that a checkpoint has left half way.
  bool readable = true;
  /// Nothing in files of older versions.
  std::optional<log_marks> marks;
};

/// Those that a connection sees, the log included. Both throw SQLite::Exception, but for damage.
found_marks marks_seen_by(SQLite::Database& connection);
/// Those of the file without its log. Opens the file and closes it again: before anything locks it.
found_marks marks_of_file_alone(const std::filesystem::path& file);
/// Whether there is a log that may hold something.
bool has_log(const std::filesystem::path& file);

/// `alone` counts only if there is a log.
pairing judge(const found_marks& alone, const found_marks& with_log, bool has_log);

}  // namespace innkeeper::storage
