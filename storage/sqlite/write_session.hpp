#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sqlite/commit_group.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/edit_reader.hpp"
#include "storage/sqlite/failure_report.hpp"
#include "storage/sqlite/file_watch.hpp"
#include "storage/sqlite/log_turner.hpp"
#include "storage/sqlite/multi_row_upsert.hpp"
#include "storage/sqlite/row_statements.hpp"
#include "storage/sqlite/stale_batches.hpp"
#include "storage/sqlite/wal_preallocation.hpp"
#include "storage/sqlite/writer_options.hpp"

struct sqlite3;

/// The open file and all single-threaded state around it: used by the thread that opens it, then by
/// the writer's. Commits groups of batches, empties the log, and watches the file for other
/// programs. Only storage/ includes this.
namespace innkeeper::storage {

class write_session {
 public:
  /// `options` has to outlive this.
  write_session(database file, const group_writer_options& options);
  ~write_session();
  write_session(const write_session&) = delete;
  write_session& operator=(const write_session&) = delete;

  const database& file() const { return file_; }

  /// Does work that the first commit after an orderly end would wait for. Takes edits that were
  /// made while no server ran.
  void begin();
  /// Commits the group and calls back for each batch. False if another process holds the file
  /// locked.
  bool commit(const commit_group& group);
  /// Calls back for each batch with the outcome `how`.
  void fail(const commit_group& group, commit_outcome how);
  /// To be called after each group.
  void look_after_log();
  /// To be called about once a second, idle or not.
  void look_around(bool is_idle);
  /// To be called when no batch has come for a while: turns the log if due, and preallocates space.
  void preallocate_log();
  bool log_is_short() const { return wal_preallocation_.is_short(); }
  /// Empties the log. Nothing may be committed afterwards.
  void end();

 private:
  using time_point = std::chrono::steady_clock::time_point;

  template <class Work>
  bool while_nobody_writes(const Work& work);
  template <class Work>
  void attempt(std::string_view what, const Work& work);
  static int log_holds(void* session_of, sqlite3*, const char*, int pages);

  std::optional<commit_outcome> write_all(const commit_group& group,
                                          std::vector<commit_outcome>& outcomes);
  std::optional<commit_outcome> write_group(const commit_group& group,
                                            std::vector<commit_outcome>& outcomes, bool each_apart);
  commit_outcome write_one(const write_batch& batch, bool apart);
  commit_outcome write_apart(const write_batch& batch);
  void write(const write_batch& batch);
  void create_object(std::int64_t number, const object_record& object);
  void write_row(std::int64_t object, const row_write& write);
  void write_alarm(std::int64_t object, const alarm_write& alarm);
  void write_server_clock();
  void take_edits();
  bool schema_has_changed();
  void tell_of_edits();
  void roll_back();
  void execute(std::string_view sql) { statements_.prepared(sql).run(); }

  void turn_log();
  void empty_log();
  void judge_log(const log_turner::progress& made);
  void probe_storage();

  database file_;
  statement_cache statements_;
  multi_row_upsert rows_{statements_};
  wal_preallocation wal_preallocation_;
  edit_reader edit_reader_{statements_};
  log_turner log_;
  file_watch watch_;
  const group_writer_options& options_;
  failure_report failures_;

  /// Pages in the log since the last checkpoint.
  int wal_pages_ = 0;
  /// No commit since the log was emptied.
  bool is_log_empty_ = true;
  /// The file itself announces the log.
  bool is_announced_ = false;
  time_point last_commit_;
  /// Start of the current transaction, once it holds the write lock.
  time_point began_;
  time_point clock_kept_{};

  stale_batches stale_;
  /// Edits found by the current transaction.
  hand_edits edits_;
};

}  // namespace innkeeper::storage
