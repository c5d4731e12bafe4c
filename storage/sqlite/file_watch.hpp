#pragma once

#include <optional>
#include <string>

#include "storage/sqlite/database.hpp"
#include "storage/sqlite/writer_options.hpp"

/// Notices that the file, or a file beside it, was deleted, moved, replaced or written over by
/// another program. What is found once is found for good: it is reported to the server's health and
/// to `on_file_gone`. Only storage/ includes this. On the writer's thread.
namespace innkeeper::storage {

class log_turner;

class file_watch {
 public:
  /// All outlive this.
  file_watch(const database& file, log_turner& log, const group_writer_options& options)
      : file_(file), log_(log), options_(options) {}

  /// From now on the log and its index are watched, too.
  void begin();
  /// Two or three calls of stat(2).
  bool is_in_place();
  /// Reads the file's head. Whoever copies another file over it leaves it in its place; what SQLite
  /// copies has another schema_version. Fails by SQLite::Exception.
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
