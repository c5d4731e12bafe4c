#pragma once

#include <optional>
#include <string>

#include "storage/sqlite/database.hpp"
#include "storage/sqlite/writer_options.hpp"

/// Detects that another program deleted, moved, replaced or overwrote the file or a file beside it.
/// A finding is permanent: it is reported to the server's health and to `on_file_gone`. Only
/// storage/ includes this. On the writer's thread.
namespace innkeeper::storage {

class log_turner;

class file_watch {
 public:
  /// All arguments have to outlive this.
  file_watch(const database& file, log_turner& log, const group_writer_options& options)
      : file_(file), log_(log), options_(options) {}

  /// Starts to watch the log and its index, too.
  void begin();
  /// False if a file is not in place. Costs two or three calls of stat(2).
  bool is_in_place();
  /// Whether another file was copied over this one, which leaves its inode in place. It reads the
  /// file's head: SQLite's copies have another schema_version. Throws SQLite::Exception.
  bool is_written_over();

 private:
  void give_up(const std::string& what);

  const database& file_;
  log_turner& log_;
  const group_writer_options& options_;
  std::optional<file_identity> log_identity_;
  std::optional<file_identity> index_identity_;
  bool is_gone_ = false;
};

}  // namespace innkeeper::storage
