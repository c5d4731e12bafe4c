#include "storage/sqlite/log_turner.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <utility>

#include "storage/sqlite/database.hpp"
#include "storage/sqlite/failure_report.hpp"

namespace innkeeper::storage {
namespace {

constexpr std::string_view fulfilment =
    "UPDATE begun_log SET previous = mark, mark = (SELECT mark FROM announced_log)"
    " WHERE mark <> (SELECT mark FROM announced_log)";

}  // namespace

/// While it exists, checkpoints copy only what the log held when it was made.
class log_turner::held_snapshot {
 public:
  explicit held_snapshot(SQLite::Database& reader) : reader_(reader) {
    reader_.exec("BEGIN");
    try {
      reader_.execAndGet("SELECT mark FROM announced_log");
    } catch (...) {
      reader_.exec("ROLLBACK");
      throw;
    }
  }
  ~held_snapshot() { sqlite3_exec(reader_.getHandle(), "COMMIT", nullptr, nullptr, nullptr); }
  held_snapshot(const held_snapshot&) = delete;
  held_snapshot& operator=(const held_snapshot&) = delete;

 private:
  SQLite::Database& reader_;
};

log_turner::log_turner(SQLite::Database& connection, statement_cache& statements, std::string file)
    : connection_(connection), statements_(statements), file_(std::move(file)) {}

/// Closing the connection would checkpoint the log into the file.
log_turner::~log_turner() {
  if (!is_unfulfilled_) return;
  sqlite3_db_config(connection_.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

log_turner::progress log_turner::empty() {
  if (is_unfulfilled_) fulfil();
  write_begun_log_last();
  return checkpoint();
}

void log_turner::empty_at_end() {
  if (is_unfulfilled_) fulfil();
  statements_.prepared("PRAGMA wal_checkpoint(TRUNCATE)").run();
}

log_turner::progress log_turner::checkpoint() {
  progress made;
  const int code =
      sqlite3_wal_checkpoint_v2(connection_.getHandle(), "main", SQLITE_CHECKPOINT_PASSIVE,
                                &made.pages_in_log, &made.pages_in_file);
  if (code != SQLITE_OK) throw SQLite::Exception(connection_.getHandle(), code);
  return made;
}

/// The announcement goes into the file, and its fulfilment only into the log. A snapshot between
/// the two stops the last checkpoint there. They are in two tables, because a checkpoint skips a
/// page if the log holds a newer one. A copy of the file made before that checkpoint is complete. A
/// copy of file and log sees the announcement alone only during one write.
log_turner::progress log_turner::turn() {
  is_announced_ = false;
  const auto made = empty();
  if (!made.is_done()) return made;
  if (!reader_) {
    reader_ =
        std::make_unique<SQLite::Database>(file_, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
  }
  announce();
  const held_snapshot before(*reader_);
  fulfil();
  const auto announced = checkpoint();
  sync_file();
  constexpr int pages_of_begun_log = 1;
  is_announced_ = announced.pages_in_log - announced.pages_in_file <= pages_of_begun_log;
  is_to_be_noted_ = is_announced_;
  return made;
}

/// Not synced: losing it in a power cut is harmless, since nothing refers to it before the next
/// commit. Each log contains the file's first page, which identifies another file's log.
void log_turner::announce() {
  const auto schema = schema_version();
  is_unfulfilled_ = true;
  without_sync([&] {
    in_transaction([&] {
      statements_.prepared("UPDATE announced_log SET mark = ?, schema = ?")
          .bind(static_cast<std::int64_t>(random_() >> 1U))
          .bind(schema)
          .run();
      touch_first_page();
    });
  });
  noted_schema_ = schema;
}

std::int64_t log_turner::schema_version() {
  return connection_.execAndGet("PRAGMA schema_version").getInt64();
}

bool log_turner::schema_has_changed() {
  return schema_version() != noted_schema_;
}

bool log_turner::is_foreign_schema(std::int64_t found) {
  return noted_schema_ != 0 && (found < noted_schema_ || found > schema_version());
}

void log_turner::touch_first_page() {
  static const auto sql = "PRAGMA application_id = " + std::to_string(application_id);
  execute(sql);
}

/// Runs work whose loss in a power cut is harmless.
template <class Work>
void log_turner::without_sync(const Work& work) {
  const auto synchronous =
      "PRAGMA synchronous = " + connection_.execAndGet("PRAGMA synchronous").getString();
  connection_.exec("PRAGMA synchronous = NORMAL");
  try {
    work();
  } catch (...) {
    connection_.exec(synchronous);
    throw;
  }
  connection_.exec(synchronous);
}

void log_turner::fulfil() {
  in_transaction([&] { execute(fulfilment); });
  is_unfulfilled_ = false;
}

template <class Work>
void log_turner::in_transaction(const Work& work) {
  statements_.prepared("BEGIN IMMEDIATE").run();
  try {
    work();
    statements_.prepared("COMMIT").run();
  } catch (...) {
    if (sqlite3_get_autocommit(connection_.getHandle()) == 0) {
      sqlite3_exec(connection_.getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    throw;
  }
}

/// A checkpoint held up by a reader skips pages of which the log holds a newer version. The file
/// must not claim to be complete before it is.
void log_turner::write_begun_log_last() {
  without_sync([&] { in_transaction([&] { execute("UPDATE begun_log SET mark = mark"); }); });
}

/// SQLite syncs the file only after copying the whole log.
void log_turner::sync_file() {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection_.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr) return;
  const int code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  stop_if_sync_failed(code);
  if (code != SQLITE_OK) throw SQLite::Exception("the file cannot be synced", code);
}

void log_turner::note_in_transaction(bool is_first) {
  if (is_first) touch_first_page();
  if (is_unfulfilled_) execute(fulfilment);
  if (is_to_be_noted_) execute("UPDATE begun_log SET previous = mark");
}

void log_turner::noted() {
  is_unfulfilled_ = false;
  is_to_be_noted_ = false;
}

void log_turner::execute(std::string_view sql) {
  statements_.prepared(sql).run();
}

}  // namespace innkeeper::storage
