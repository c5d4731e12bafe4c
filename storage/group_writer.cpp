#include "storage/group_writer.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <optional>

#include "storage/failpoint.hpp"
#include "storage/lacking_room.hpp"
#include "storage/log_space.hpp"
#include "storage/row_run.hpp"
#include "storage/row_statements.hpp"

namespace innkeeper::storage {
namespace {

/// After a failed sync nobody knows which pages have reached the disk, and asking again may lie:
/// the only safe way on is to stop and recover from the file.
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

/// The low byte of SQLite's extended codes (sqlite.org/rescode.html).
constexpr int primary_code = 0xFF;

commit_outcome outcome_of(const SQLite::Exception& error, sqlite3* connection) {
  switch (error.getExtendedErrorCode() & primary_code) {
    case SQLITE_FULL:
      return commit_outcome::storage_full;
    case SQLITE_BUSY:
      return commit_outcome::locked;
    case SQLITE_IOERR:
      return lacks_room(connection) ? commit_outcome::storage_full : commit_outcome::io_error;
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

}  // namespace

/// The open file and everything that only one thread touches: the one that opens it, then the
/// writer's.
class group_writer::session {
 public:
  session(database file, const group_writer_options& options)
      : file_(std::move(file)),
        statements_(file_.connection()),
        log_space_(file_.connection(), file_.page_bytes(), options.log_step_bytes),
        options_(options) {
    file_.connection().setBusyTimeout(options.foreign_lock_max_ms);
    sqlite3_wal_hook(file_.connection().getHandle(), log_holds, this);
  }

  /// False if nothing could be written because another process holds the file.
  bool commit(group& group) {
    std::vector<commit_outcome> outcomes(group.size(), commit_outcome::committed);
    if (const auto failure = write_all(group, outcomes)) {
      fail(group, *failure);
      return *failure != commit_outcome::locked;
    }
    std::size_t committed = 0;
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (group[i].is_note()) continue;
      if (outcomes[i] == commit_outcome::committed) ++committed;
      reach(failpoint::before_acknowledgement);
      group[i].done(outcomes[i]);
    }
    forget_noted(group);
    if (committed > 0) options_.on_commit(committed);
    return true;
  }

  void fail(group& group, commit_outcome how) {
    for (const auto& each : group) {
      if (!each.is_note()) remember_failure(*each.batch);
    }
    for (auto& each : group) {
      if (!each.is_note()) each.done(how);
    }
    forget_noted(group);
  }

  void checkpoint_if_due() {
    if (wal_pages_ >= options_.checkpoint_pages) checkpoint("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /// What the first commit after an orderly end would otherwise wait for: the log's head, which
  /// SQLite syncs by itself, and then the folder for the file's name; and room. Only a commit
  /// writes a head; this one stores what is stored already, which SQLite counts as a change.
  void begin_log() {
    while_nobody_writes([this] {
      if (!log_space_.is_empty()) return;
      file_.connection().exec("PRAGMA application_id = " + std::to_string(application_id));
    });
    make_log_space();
  }

  bool log_is_short() const { return log_space_.is_short(); }

  void make_log_space() {
    while_nobody_writes([this] { stop_if_sync_failed(log_space_.make()); });
  }

  void checkpoint(std::string_view sql) {
    wal_pages_ = 0;
    reach(failpoint::in_checkpoint);
    try {
      execute(sql);
    } catch (const SQLite::Exception& error) {
      stop_if_sync_failed(error);  // any other failure leaves the log as it was: next time
    }
  }

 private:
  /// In a write transaction, if that is to be had at once. What fails is left to the next commit,
  /// which gives the reason.
  template <class Work>
  void while_nobody_writes(const Work& work) {
    file_.connection().setBusyTimeout(0);
    try {
      execute("BEGIN IMMEDIATE");
      work();
      execute("COMMIT");
    } catch (const SQLite::Exception& error) {
      stop_if_sync_failed(error);
      roll_back();
    }
    file_.connection().setBusyTimeout(options_.foreign_lock_max_ms);
  }

  static int log_holds(void* session_of, sqlite3*, const char*, int pages) {
    auto& self = *static_cast<session*>(session_of);
    self.wal_pages_ = pages;
    self.log_space_.log_holds(pages);
    return SQLITE_OK;
  }

  /// A savepoint for each batch costs as much as a small batch, and hardly ever is one at fault:
  /// only then all are written once more, each in its own savepoint. Something if the whole
  /// transaction failed.
  std::optional<commit_outcome> write_all(const group& group,
                                          std::vector<commit_outcome>& outcomes) {
    const auto failure = write_group(group, outcomes, false);
    if (failure != commit_outcome::rejected) return failure;
    return write_group(group, outcomes, true);
  }

  std::optional<commit_outcome> write_group(const group& group,
                                            std::vector<commit_outcome>& outcomes,
                                            bool each_apart) {
    roll_back();  // what could not be rolled back when it failed
    rows_.forget_all();
    try {
      reach(failpoint::before_begin);
      execute("BEGIN IMMEDIATE");
      reach(failpoint::after_begin);
      for (std::size_t i = 0; i < group.size(); ++i) {
        if (group[i].is_note()) continue;
        outcomes[i] = write_one(*group[i].batch, each_apart);
        if (outcomes[i] != commit_outcome::committed) remember_failure(*group[i].batch);
      }
      rows_.write_all();
      reach(failpoint::before_commit);
      execute("COMMIT");
      reach(failpoint::after_commit);
      return std::nullopt;
    } catch (const SQLite::Exception& error) {
      stop_if_sync_failed(error);
      const auto failure = outcome_of(error, file_.connection().getHandle());
      roll_back();
      return failure;
    }
  }

  commit_outcome write_one(const write_batch& batch, bool apart) {
    if (behind_a_failure(batch)) return commit_outcome::rejected;
    if (apart) return write_apart(batch);
    write(batch);
    return commit_outcome::committed;
  }

  commit_outcome write_apart(const write_batch& batch) {
    execute("SAVEPOINT batch");
    try {
      write(batch);
      rows_.write_all();
      execute("RELEASE batch");
      return commit_outcome::committed;
    } catch (const SQLite::Exception& error) {
      if (outcome_of(error, file_.connection().getHandle()) != commit_outcome::rejected) throw;
      rows_.forget_all();
      execute("ROLLBACK TO batch");
      execute("RELEASE batch");
      return commit_outcome::rejected;
    }
  }

  void write(const write_batch& batch) {
    if (batch.creation) {
      rows_.write_all();
      create_object(batch.object, *batch.creation);
    }
    for (const auto& each : batch.writes) write_row(batch.object, each);
    reach(failpoint::in_batch);
    if (!batch.alarm) return;
    rows_.write_all();
    write_alarm(batch.object, *batch.alarm);
  }

  /// What the object sends behind it was computed from a state that never came to be.
  void remember_failure(const write_batch& batch) {
    failed_instances_[batch.object] = batch.instance;
  }

  /// After the group: nothing of a noted instance can come behind its note.
  void forget_noted(const group& group) {
    for (const auto& each : group) {
      const auto failed = failed_instances_.find(each.batch->object);
      if (!each.is_note() || failed == failed_instances_.end()) continue;
      if (failed->second == each.batch->instance) failed_instances_.erase(failed);
    }
  }

  bool behind_a_failure(const write_batch& batch) {
    const auto failed = failed_instances_.find(batch.object);
    if (failed == failed_instances_.end()) return false;
    if (failed->second == batch.instance) return true;
    failed_instances_.erase(failed);  // the object has been hydrated afresh
    return false;
  }

  void create_object(std::int64_t number, const object_record& object) {
    statements_
        .prepared(
            "INSERT INTO objects (id, kind, name, object_id, created_ms) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO NOTHING")
        .bind(number)
        .bind(object.kind)
        .bind(object.name)
        .bind(object.object_id)
        .bind(object.created_ms)
        .run();
  }

  void write_row(std::int64_t object, const row_write& write) {
    if (write.columns) return rows_.put(object, write);
    rows_.write_all();
    statements_.prepared_erase(*write.into).bind(object).bind(write.key).run();
  }

  void write_alarm(std::int64_t object, const alarm_write& alarm) {
    auto& wanted =
        statements_.prepared("UPDATE objects SET alarm_ms = ?, alarm_attempt = ? WHERE id = ?");
    if (alarm.due_ms) {
      wanted.bind(*alarm.due_ms);
    } else {
      wanted.bind_null();
    }
    wanted.bind(alarm.attempt).bind(object).run();
  }

  void execute(std::string_view sql) { statements_.prepared(sql).run(); }

  void roll_back() {
    if (sqlite3_get_autocommit(file_.connection().getHandle()) != 0)
      return;  // SQLite did it already
    try {
      execute("ROLLBACK");
    } catch (const SQLite::Exception&) {
      // Nothing was committed either way; the next BEGIN tells whether the file is usable.
    }
  }

  database file_;
  statement_cache statements_;
  row_run rows_{statements_};
  log_space log_space_;
  const group_writer_options& options_;
  /// In the log since the last checkpoint.
  int wal_pages_ = 0;
  /// Object -> the instance one of whose batches failed, until it knows.
  std::unordered_map<std::int64_t, std::uint64_t> failed_instances_;
};

group_writer::group_writer(database file, group_writer_options options)
    : options_(std::move(options)) {
  auto open_file = std::make_unique<session>(std::move(file), options_);
  open_file->begin_log();
  thread_ = std::thread([this, open_file = std::move(open_file)] { run(*open_file); });
}

group_writer::~group_writer() {
  stop();
}

void group_writer::submit(batch_ptr batch, commit_callback done) {
  std::vector<submission> one;
  one.push_back({std::move(batch), std::move(done)});
  submit_all(std::move(one));
}

void group_writer::submit_all(std::vector<submission> several) {
  {
    const std::lock_guard lock(mutex_);
    waiting_batches_ += several.size();
    for (auto& each : several) {
      const auto bytes = each.batch->bytes();
      queue_.push_back({std::move(each), bytes});
      waiting_bytes_ += bytes;
    }
    weigh();
  }
  arrived_.notify_one();
}

void group_writer::take_note(std::int64_t object, std::uint64_t instance) {
  auto note = note_of(object, instance);
  submit(std::move(note.batch), std::move(note.done));
}

group_writer::submission group_writer::note_of(std::int64_t object, std::uint64_t instance) {
  write_batch of;
  of.object = object;
  of.instance = instance;
  return {std::make_shared<const write_batch>(std::move(of)), nullptr};
}

void group_writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void group_writer::run(session& open_file) {
  for (;;) {
    if (is_quiet()) {
      if (open_file.log_is_short()) open_file.make_log_space();
      options_.at_rest();
    }
    auto taken = take_group();
    if (taken.empty()) break;
    settle(open_file, std::move(taken));
    open_file.checkpoint_if_due();
  }
  open_file.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Where the file is locked, all that waits has waited long enough: in groups, each for as long
/// again, the last ones would wait for minutes.
void group_writer::settle(session& open_file, group taken) {
  if (!open_file.commit(taken)) {
    auto others = take_all();
    open_file.fail(others, commit_outcome::locked);
    std::ranges::move(others, std::back_inserter(taken));
  }
  const std::lock_guard lock(mutex_);
  waiting_batches_ -= taken.size();
  for (const auto& each : taken) waiting_bytes_ -= each.bytes;
  weigh();
}

void group_writer::weigh() {
  const auto batches_max = options_.waiting_batches_max;
  const auto bytes_max = options_.waiting_bytes_max;
  if (waiting_batches_ > batches_max || waiting_bytes_ > bytes_max) is_behind_ = true;
  if (waiting_batches_ <= batches_max / 2 && waiting_bytes_ <= bytes_max / 2) is_behind_ = false;
}

/// Nothing has come for a while.
bool group_writer::is_quiet() {
  constexpr std::chrono::milliseconds a_while{50};
  std::unique_lock lock(mutex_);
  return !arrived_.wait_for(lock, a_while, [this] { return stopping_ || !queue_.empty(); });
}

/// Waits for batches; empty once stopped and nothing is left.
group_writer::group group_writer::take_group() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  std::size_t rows = 0;
  auto end = queue_.begin();
  while (end != queue_.end() && rows < options_.rows_per_commit_max) {
    rows += end->batch->writes.size();
    ++end;
  }
  group taken(std::move_iterator(queue_.begin()), std::move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return taken;
}

group_writer::group group_writer::take_all() {
  const std::lock_guard lock(mutex_);
  group taken(std::move_iterator(queue_.begin()), std::move_iterator(queue_.end()));
  queue_.clear();
  return taken;
}

}  // namespace innkeeper::storage
