#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "storage/sqlite/row_statements.hpp"

namespace SQLite {
class Database;
}

/// Checkpoints the write-ahead log into the file, and keeps the file's marks
/// (storage/sqlite/log_marks.hpp) right. While the log has pages that the file lacks, the file
/// itself announces the log. Only storage/ includes this. On the connection's thread, between
/// transactions. Throws SQLite::Exception.
namespace innkeeper::storage {

class log_turner {
 public:
  /// `file` is the connection's file.
  log_turner(SQLite::Database& connection, statement_cache& statements, std::string file);
  ~log_turner();

  /// The progress of a checkpoint.
  struct progress {
    int pages_in_log = 0;
    int pages_in_file = 0;

    /// False while a reader still needs an older state of the file.
    bool is_done() const { return pages_in_file >= pages_in_log; }
  };

  /// Copies the log's pages into the file. When all are copied, the file is complete by itself
  /// until the next commit, and its marks say so.
  progress empty();
  /// Like empty(), as the last step before the end; it also truncates the log.
  void empty_at_end();
  /// Like empty(). Then the file announces the next log, which begins with a commit of its own.
  progress turn();
  /// Whether the last turn() made the file announce the log.
  bool is_announced() const { return is_announced_; }
  /// Whether another program has changed the schema since turn() noted it.
  bool schema_has_changed();
  /// Whether a file with this schema_version is another file: the version is outside the range from
  /// turn()'s noted one to the current one.
  bool is_foreign_schema(std::int64_t found);
  /// To be called within each transaction. `is_first`: the first one of a log.
  void note_in_transaction(bool is_first);
  /// To be called after that transaction has been committed.
  void noted();
  /// Writes the file's first page unchanged.
  void touch_first_page();

 private:
  class held_snapshot;

  progress checkpoint();
  void announce();
  void write_begun_log_last();
  std::int64_t schema_version();
  void execute(std::string_view sql);
  template <class Work>
  void without_sync(const Work& work);
  void fulfil();
  void sync_file();
  template <class Work>
  void in_transaction(const Work& work);

  SQLite::Database& connection_;
  statement_cache& statements_;
  std::string file_;
  /// Opened when first needed.
  std::unique_ptr<SQLite::Database> reader_;
  std::mt19937_64 random_{std::random_device{}()};
  bool is_to_be_noted_ = false;
  bool is_announced_ = false;
  std::int64_t noted_schema_ = 0;
  /// A log may be announced but not begun, as after a start. Nothing may be checkpointed before the
  /// log has begun.
  bool is_unfulfilled_ = true;
};

}  // namespace innkeeper::storage
