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

/// Empties the write-ahead log into the file, and keeps the file's marks
/// (storage/sqlite/log_marks.hpp) right: while the log holds what the file does not, the file by
/// itself announces it. Only storage/ includes this. On the connection's thread, between
/// transactions. Fails by SQLite::Exception.
namespace innkeeper::storage {

class log_turner {
 public:
  /// `file` is the connection's.
  log_turner(SQLite::Database& connection, statement_cache& statements, std::string file);
  ~log_turner();

  /// How far a checkpoint has come.
  struct progress {
    int pages_in_log = 0;
    int pages_in_file = 0;

    /// False while a reader still needs the file as it was.
    bool is_done() const { return pages_in_file >= pages_in_log; }
  };

  /// Puts what is in the log into the file. If all of it is there, the file by itself is whole
  /// until the next commit, and says so.
  progress empty();
  /// The same for good, at the end.
  void empty_at_end();
  /// The same, then has the file announce the next log, which begins with a commit of its own.
  progress turn();
  /// Whether the file by itself announces the log, since the last turn().
  bool is_announced() const { return is_announced_; }
  /// Whether somebody has changed the schema since turn() noted it.
  bool schema_has_changed();
  /// Whether a file with this schema_version is another one: it lies not between that which turn()
  /// noted and the present one.
  bool is_foreign_schema(std::int64_t found);
  /// Within each transaction; `is_first` of a log.
  void note_in_transaction(bool is_first);
  /// That transaction has been committed.
  void noted();
  /// Writes the file's first page as it is.
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
  /// A log may be announced and not begun, as after a start: nothing may reach the file before that
  /// is put right.
  bool is_unfulfilled_ = true;
};

}  // namespace innkeeper::storage
