#include "storage/sqlite/write_session.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <limits>
#include <utility>
#include <vector>

#include "storage/failpoint.hpp"

namespace innkeeper::storage {
namespace {

using std::chrono::steady_clock;

/// How often the server's clock is stored.
constexpr std::chrono::seconds clock_kept_every{60};
/// A log this many times longer than `checkpoint_pages` is held by a reader.
constexpr int held_log_factor = 4;

}  // namespace

write_session::write_session(database file, const group_writer_options& options)
    : file_(std::move(file)),
      statements_(file_.connection()),
      wal_preallocation_(file_.connection(), file_.page_bytes(), options.log_step_bytes),
      log_(file_.connection(), statements_, file_.file().string()),
      watch_(file_, log_, options),
      options_(options),
      failures_(*options.health),
      last_commit_(steady_clock::now()) {
  file_.connection().setBusyTimeout(options.foreign_lock_max_ms);
  sqlite3_wal_hook(file_.connection().getHandle(), log_holds, this);
}

write_session::~write_session() = default;

int write_session::log_holds(void* session_of, sqlite3*, const char*, int pages) {
  auto& self = *static_cast<write_session*>(session_of);
  self.wal_pages_ = pages;
  self.wal_preallocation_.log_holds(pages);
  return SQLITE_OK;
}

/// Turning the log syncs its header and the folder of the file's name. Then it preallocates space.
void write_session::begin() {
  attempt("looking for edits", [this] {
    if (edit_reader_.has_news()) static_cast<void>(commit({}));
  });
  turn_log();
  preallocate_log();
  watch_.begin();
}

bool write_session::commit(const commit_group& group) {
  std::vector<commit_outcome> outcomes(group.size(), commit_outcome::committed);
  began_ = steady_clock::now();
  auto failure = watch_.is_in_place() ? write_all(group, outcomes) : commit_outcome::io_error;
  // Writes to a file that is no longer in place do not count as stored.
  if (!failure && !watch_.is_in_place()) failure = commit_outcome::io_error;
  if (failure) {
    fail(group, *failure);
    return *failure != commit_outcome::locked;
  }
  last_commit_ = steady_clock::now();
  failures_.committed(last_commit_, last_commit_ - began_);
  std::size_t committed = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i].is_acknowledgement()) continue;
    if (outcomes[i] == commit_outcome::committed) ++committed;
    reach(failpoint::before_acknowledgement);
    group[i].done(outcomes[i]);
  }
  stale_.forget_noted(group);
  if (committed > 0) options_.on_commit(committed);
  tell_of_edits();
  return true;
}

void write_session::fail(const commit_group& group, commit_outcome how) {
  for (const auto& each : group) {
    if (!each.is_acknowledgement()) stale_.failed(*each.batch);
  }
  for (const auto& each : group) {
    if (!each.is_acknowledgement()) each.done(how);
  }
  stale_.forget_noted(group);
}

// ---- the log

void write_session::look_after_log() {
  if (wal_pages_ < options_.checkpoint_pages) return;
  reach(failpoint::in_checkpoint);
  turn_log();
}

void write_session::preallocate_log() {
  if (!is_announced_ && !is_log_empty_) turn_log();
  if (!log_is_short()) return;
  while_nobody_writes([this] { stop_if_sync_failed(wal_preallocation_.make()); });
}

void write_session::turn_log() {
  wal_pages_ = 0;
  attempt("emptying the log", [this] {
    const auto made = log_.turn();
    is_announced_ = log_.is_announced();
    judge_log(made);
  });
}

bool write_session::schema_has_changed() {
  bool changed = false;
  attempt("reading the schema's version", [&] { changed = log_.schema_has_changed(); });
  return changed;
}

void write_session::empty_log() {
  wal_pages_ = 0;
  reach(failpoint::in_checkpoint);
  attempt("emptying the log", [this] {
    const auto made = log_.empty();
    judge_log(made);
    if (!made.is_done()) return;
    is_announced_ = false;
    is_log_empty_ = true;
  });
}

void write_session::judge_log(const log_turner::progress& made) {
  auto& health = *options_.health;
  if (made.is_done()) {
    if (health.any_storage_trouble()) health.end(health::reason::log_held);
    return;
  }
  if (made.pages_in_log < options_.checkpoint_pages * held_log_factor) return;
  constexpr std::int64_t mib = std::int64_t{1024} * 1024;
  health.report(health::reason::log_held,
                quoted_path(file_.file().string() + "-wal") + " has grown to " +
                    std::to_string(made.pages_in_log * file_.page_bytes() / mib) +
                    " MiB, since another program still reads what the file was");
}

void write_session::end() {
  if (options_.server_clock_ms) {
    clock_kept_ = {};
    while_nobody_writes([this] { write_server_clock(); });
  }
  wal_pages_ = 0;
  reach(failpoint::in_checkpoint);
  attempt("emptying the log", [this] { log_.empty_at_end(); });
}

// ---- watching the file

void write_session::look_around(bool is_idle) {
  if (!watch_.is_in_place()) return;
  bool is_written_over = false;
  attempt("reading the schema's version", [&] { is_written_over = watch_.is_written_over(); });
  if (is_written_over) return;
  const bool is_due = !is_announced_ && !is_log_empty_;
  if (is_due || schema_has_changed()) turn_log();
  if (!is_idle) return;
  attempt("looking for edits", [this] {
    if (edit_reader_.has_news()) static_cast<void>(commit({}));
  });
  if (failures_.is_to_be_tried()) probe_storage();
  const auto quiet = std::chrono::milliseconds(options_.quiet_ms);
  const bool is_quiet = steady_clock::now() - last_commit_ >= quiet;
  if (is_quiet && (is_announced_ || !is_log_empty_)) empty_log();
}

/// There may be no commits for hours. This probe detects that the disk has room again.
void write_session::probe_storage() {
  const bool stored = while_nobody_writes([this] { log_.touch_first_page(); });
  if (stored) failures_.committed(steady_clock::now(), {});
}

// ---- transactions

/// Runs work in a write transaction, if the lock is free at once. The next commit reports the
/// reason of a failure.
template <class Work>
bool write_session::while_nobody_writes(const Work& work) {
  bool done = false;
  file_.connection().setBusyTimeout(0);
  try {
    execute("BEGIN IMMEDIATE");
    work();
    execute("COMMIT");
    done = true;
  } catch (const SQLite::Exception& error) {
    stop_if_sync_failed(error);
    roll_back();
  }
  file_.connection().setBusyTimeout(options_.foreign_lock_max_ms);
  return done;
}

/// Runs work that may fail and be retried later. A failed sync ends the process.
template <class Work>
void write_session::attempt(std::string_view what, const Work& work) {
  try {
    work();
  } catch (const SQLite::Exception& error) {
    stop_if_sync_failed(error);
    roll_back();
    const int code = primary_code(error);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return;
    report_failure(*options_.health, error, file_.connection().getHandle(), what);
  }
}

/// A savepoint per batch costs as much as a small batch, and batches rarely fail. So only after a
/// failure all are written again, each in its own savepoint. Returns an outcome if the whole
/// transaction failed.
std::optional<commit_outcome> write_session::write_all(const commit_group& group,
                                                       std::vector<commit_outcome>& outcomes) {
  const auto failure = write_group(group, outcomes, false);
  if (failure != commit_outcome::rejected) return failure;
  return write_group(group, outcomes, true);
}

std::optional<commit_outcome> write_session::write_group(const commit_group& group,
                                                         std::vector<commit_outcome>& outcomes,
                                                         bool each_apart) {
  roll_back();  // repeats a rollback that failed before
  rows_.forget_all();
  edits_.clear();
  try {
    reach(failpoint::before_begin);
    execute("BEGIN IMMEDIATE");
    began_ = steady_clock::now();  // waiting for a lock is not the disk's fault
    reach(failpoint::after_begin);
    take_edits();
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (group[i].is_acknowledgement()) continue;
      outcomes[i] = write_one(*group[i].batch, each_apart);
      if (outcomes[i] != commit_outcome::committed) stale_.failed(*group[i].batch);
    }
    rows_.write_all();
    log_.note_in_transaction(is_log_empty_);
    write_server_clock();
    reach(failpoint::before_commit);
    execute("COMMIT");
    reach(failpoint::after_commit);
    log_.noted();
    is_log_empty_ = false;
    return std::nullopt;
  } catch (const SQLite::Exception& error) {
    stop_if_sync_failed(error);
    const auto failure = failures_.failed(error, file_.connection().getHandle(), "a commit");
    edit_reader_.failed();
    roll_back();
    return failure;
  }
}

commit_outcome write_session::write_one(const write_batch& batch, bool apart) {
  if (const auto outcome = stale_.outcome_of(batch)) return *outcome;
  if (apart) return write_apart(batch);
  write(batch);
  return commit_outcome::committed;
}

commit_outcome write_session::write_apart(const write_batch& batch) {
  execute("SAVEPOINT batch");
  try {
    write(batch);
    rows_.write_all();
    execute("RELEASE batch");
    return commit_outcome::committed;
  } catch (const SQLite::Exception& error) {
    const auto outcome = failures_.failed(error, file_.connection().getHandle(), "a commit");
    if (outcome != commit_outcome::rejected) throw;
    rows_.forget_all();
    execute("ROLLBACK TO batch");
    execute("RELEASE batch");
    return commit_outcome::rejected;
  }
}

void write_session::write(const write_batch& batch) {
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

/// If the number belongs to another object, created by hand, the statement sets `kind` to NULL and
/// fails.
void write_session::create_object(std::int64_t number, const object_record& object) {
  statements_
      .prepared(
          "INSERT INTO objects (id, kind, name, object_id, created_ms) VALUES (?, ?, ?, ?, ?)"
          " ON CONFLICT (id) DO UPDATE SET kind ="
          " CASE WHEN kind = excluded.kind AND name = excluded.name THEN kind END")
      .bind(number)
      .bind(object.kind)
      .bind(object.name)
      .bind(object.object_id)
      .bind(object.created_ms)
      .run();
  statements_.prepared("UPDATE last_object SET number = max(number, ?)").bind(number).run();
}

void write_session::write_row(std::int64_t object, const row_write& write) {
  if (write.columns) return rows_.put(object, write);
  rows_.write_all();
  statements_.prepared_erase(*write.into).bind(object).bind(write.key).run();
}

void write_session::write_alarm(std::int64_t object, const alarm_write& alarm) {
  auto& wanted =
      statements_.prepared("UPDATE objects SET alarm_ms = ?, alarm_attempt = ? WHERE id = ?");
  if (alarm.due_ms) {
    wanted.bind(*alarm.due_ms);
  } else {
    wanted.bind_null();
  }
  wanted.bind(alarm.attempt).bind(object).run();
}

void write_session::write_server_clock() {
  if (!options_.server_clock_ms) return;
  const auto now = steady_clock::now();
  if (clock_kept_ != time_point() && now - clock_kept_ < clock_kept_every) return;
  statements_.prepared("UPDATE server_clock SET ms = ?").bind(options_.server_clock_ms()).run();
  clock_kept_ = now;
}

void write_session::roll_back() {
  if (sqlite3_get_autocommit(file_.connection().getHandle()) != 0) return;  // SQLite did it already
  try {
    execute("ROLLBACK");
  } catch (const SQLite::Exception&) {
    // Nothing was committed either way; the next BEGIN fails if the file is unusable.
  }
}

// ---- edits by hand

/// No batch of this transaction was computed after edits that are found only now.
void write_session::take_edits() {
  if (!edit_reader_.has_news()) return;
  edits_ = edit_reader_.take();
  constexpr auto none_is_sound = std::numeric_limits<std::uint64_t>::max();
  stale_.edited(edits_, none_is_sound, steady_clock::now());
}

/// Instances hydrated from now on read the edits.
void write_session::tell_of_edits() {
  if (edits_.empty()) return;
  const auto first_sound = options_.next_instance();
  stale_.edited(edits_, first_sound, steady_clock::now());
  std::int64_t last_object = 0;
  attempt("reading the last object's number", [&] {
    auto& asked = statements_.prepared("SELECT number FROM last_object");
    if (asked.step()) last_object = asked.integer_at(0);
    asked.reset();
  });
  options_.on_hand_edits({std::exchange(edits_, {}), first_sound, last_object});
}

}  // namespace innkeeper::storage
