#include "storage/sqlite/database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <array>
#include <mutex>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

#include "storage/sqlite/disk_full.hpp"
#include "storage/sqlite/failure_report.hpp"
#include "storage/sqlite/log_marks.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/read_ahead.hpp"
#include "storage/sqlite/short_read_guard.hpp"

namespace innkeeper::storage {
namespace {

/// Turns off SQLite's memory statistics, which nothing uses and which cost a lock per allocation.
/// Also raises the memory for undoing one statement of many rows, which needs some pages for each:
/// beyond it SQLite opens a file. Call it before any other call of the library.
void configure_library() {
  constexpr int undone_in_memory_max = 256 * 1024;
  static std::once_flag told;
  std::call_once(told, [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, undone_in_memory_max);
  });
}

std::int64_t pragma(SQLite::Database& connection, const std::string& name) {
  return connection.execAndGet("PRAGMA " + name).getInt64();
}

bool is_empty(SQLite::Database& connection) {
  return connection.execAndGet("SELECT count(*) FROM sqlite_schema").getInt64() == 0;
}

/// Checks the header of a file that is not empty.
result<void> check_header(const file_lock& lock, const std::filesystem::path& file) {
  constexpr std::string_view magic{"SQLite format 3\0", 16};  // sqlite.org/fileformat.html
  const auto head = lock.head(magic.size());
  if (head.empty() || head == magic) return {};
  return storage_error{quoted_path(file) +
                       " is not an SQLite database. Choose another file with --data."};
}

/// Whether the file's header says that it uses a write-ahead log.
bool has_wal_mode(const file_lock& lock) {
  constexpr std::size_t write_version =
      18;  // sqlite.org/fileformat.html#file_format_version_numbers
  const auto head = lock.head(write_version + 1);
  return head.size() > write_version && head[write_version] == 2;
}

/// The version that has these tables; 0: none of ours.
int version_by_tables(SQLite::Database& connection) {
  constexpr std::array<const char*, 4> first_tables{"room_states", "object_values",
                                                    "room_forgettable", "hand_edits"};
  int version = 0;
  for (const auto* each : first_tables) {
    SQLite::Statement found(connection, "SELECT 1 FROM sqlite_schema WHERE name = ?");
    found.bind(1, each);
    if (!found.executeStep()) break;
    ++version;
  }
  return version;
}

storage_error lost_numbers(const std::filesystem::path& file, int version) {
  return {quoted_path(file) +
          " has the tables of Innkeeper, but not the two numbers that say so, as after a '.dump' "
          "was read back. Give them back and start again: sqlite3 " +
          quoted_path(file) + " \"PRAGMA application_id = " + std::to_string(application_id) +
          "; PRAGMA user_version = " + std::to_string(version) + "\""};
}

result<void> check_ownership(SQLite::Database& connection, const file_lock& lock,
                             const std::filesystem::path& file) {
  const auto id = pragma(connection, "application_id");
  if (id == application_id) return {};
  if (id == 0 && is_empty(connection)) {
    // Our files get their tables before their log.
    if (!has_wal_mode(lock)) return {};
    return storage_error{
        quoted_path(file) +
        " is empty, but had a write-ahead log: it was copied from a running server without its "
        "'-wal', which held everything. Take copies with: sqlite3 ORIGINAL \"VACUUM INTO 'COPY'\". "
        "To "
        "begin with nothing remove the file."};
  }
  const auto version = version_by_tables(connection);
  if (id == 0 && version > 0) return lost_numbers(file, version);
  return storage_error{
      quoted_path(file) +
      " is an SQLite database of another program. Choose another file with --data."};
}

result<void> check_version(SQLite::Database& connection, const std::filesystem::path& file) {
  const auto version = pragma(connection, "user_version");
  const auto known = static_cast<std::int64_t>(migrations().size());
  if (version >= 0 && version <= known) return {};
  return storage_error{quoted_path(file) + " was written by a newer Innkeeper (schema " +
                       std::to_string(version) + ", this one knows up to " + std::to_string(known) +
                       "). Start the newer version."};
}

result<void> configure(SQLite::Database& connection, const std::filesystem::path& file) {
  // Runs to the end and queries again: the statement returns the mode before it is on disk.
  connection.exec("PRAGMA journal_mode = WAL");
  const auto mode = connection.execAndGet("PRAGMA journal_mode").getString();
  if (mode != "wal") {
    return storage_error{
        "The file system of " + quoted_path(file) +
        " cannot keep a write-ahead log. Choose a file on a local disk with --data."};
  }
  connection.exec("PRAGMA foreign_keys = ON");
  // The writer checkpoints between commits, after acknowledging them.
  connection.exec("PRAGMA wal_autocheckpoint = 0");
  connection.exec("PRAGMA journal_size_limit = 67108864");
  connection.exec("BEGIN IMMEDIATE");  // fails if another process is writing
  connection.exec("ROLLBACK");
  return {};
}

storage_error unfit(pairing how, const std::filesystem::path& file, bool with_log) {
  if (how == pairing::log_is_missing) {
    const auto log = "'" + file.string() + "-wal'";
    const auto what =
        with_log ? " lacks its log: there is " + log + ", but nothing in it can be used"
                 : " is a copy that was taken from a running server without its log, " + log;
    return {
        quoted_path(file) + what +
        ". Changes are missing. Take copies with: sqlite3 ORIGINAL \"VACUUM INTO 'COPY'\". To go "
        "on with what is there: sqlite3 " +
        quoted_path(file) + " \"UPDATE begun_log SET mark = (SELECT mark FROM announced_log)\""};
  }
  return {"The log '" + file.string() + "-wal' does not belong to " + quoted_path(file) +
          ": it is another file's, as when a backup was put in place of a file whose server was "
          "killed. To go on with the backup, and lose what that log holds, remove '" +
          file.string() + "-wal' and '" + file.string() +
          "-shm' and start again; to go on with the old file put it back."};
}

/// Detects a missing or truncated file beside its log. The log holds the last writes, and a new
/// file would overwrite it.
result<void> check_file_of_log(const std::filesystem::path& file) {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(file, none);
  if ((!none && bytes > 0) || !has_log(file)) return {};
  return storage_error{quoted_path(file) + " is missing or empty, but its log '" + file.string() +
                       "-wal' is there and holds what was stored last. Put the file back. To begin "
                       "with nothing, and lose what the log holds, remove it."};
}

/// Checks the file against its log before either is changed.
result<void> check_log(SQLite::Database& connection, const std::filesystem::path& file,
                       const found_marks& alone, bool with_log) {
  const auto how = judge(alone, marks_seen_by(connection), with_log);
  if (how == pairing::fits) return {};
  // Closing would checkpoint the log into the file.
  if (with_log)
    sqlite3_db_config(connection.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return unfit(how, file, with_log);
}

/// Gives the file a large random schema_version, which distinguishes it from SQLite's copies. Those
/// count from 1 or from the original's. Only without a log: otherwise the log could not be told
/// from another file's. Concurrent readers do not prevent a start.
void make_distinct(SQLite::Database& connection) {
  const auto marks = marks_seen_by(connection).marks;
  if (!marks || marks->noted_schema == marks->schema) return;
  std::uniform_int_distribution<std::int32_t> large(1 << 20, 1 << 30);
  std::random_device random;
  const auto number = std::to_string(large(random));
  try {
    connection.exec("PRAGMA journal_mode = DELETE");
    SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
    connection.exec("PRAGMA schema_version = " + number);
    connection.exec("UPDATE announced_log SET schema = " + number);
    transaction.commit();
  } catch (const SQLite::Exception& error) {
    if (primary_code(error) != SQLITE_BUSY) throw;
  }
}

/// A new file gets its tables before its log, so an empty file never has a log beside it.
result<void> prepare(SQLite::Database& connection, const file_lock& lock,
                     const std::filesystem::path& file, bool with_log) {
  // Triggers are for other programs: our own writes need none.
  sqlite3_db_config(connection.getHandle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  if (auto owned = check_ownership(connection, lock, file); !owned) return owned.error();
  if (auto version = check_version(connection, file); !version) return version.error();
  connection.exec("PRAGMA synchronous = FULL");
  if (is_empty(connection)) migrate(connection, 0);
  if (!with_log) make_distinct(connection);
  if (auto configured = configure(connection, file); !configured) return configured.error();
  migrate(connection, static_cast<int>(pragma(connection, "user_version")));
  return {};
}

/// SQLite falls back to reading if it cannot open a file for writing, even temporarily. It reports
/// this only at the first write.
void insist_on_writing(const SQLite::Database& connection) {
  if (sqlite3_db_readonly(connection.getHandle(), "main") == 0) return;
  throw SQLite::Exception("the file was opened for reading only", SQLITE_READONLY);
}

/// The path is absolute, so that SQLite does not read it as a URI or as memory. Links are resolved:
/// one file has one name.
result<std::filesystem::path> path_of(const std::filesystem::path& named) {
  constexpr std::size_t name_bytes_max = 247;  // Linux has 255, and SQLite adds "-journal"
  constexpr std::size_t path_bytes_max = 500;  // SQLite has 512
  if (named.empty()) return storage_error{"--data names no file."};
  std::error_code failed;
  auto file = std::filesystem::absolute(named, failed);
  if (failed) file = named;
  auto resolved = std::filesystem::weakly_canonical(file, failed);
  if (!failed) file = std::move(resolved);
  const auto name_bytes = file.filename().string().size();
  if (name_bytes > name_bytes_max) {
    return storage_error{"The name of " + quoted_path(file) + " is too long: it has " +
                         std::to_string(name_bytes) + " bytes, and at most " +
                         std::to_string(name_bytes_max) +
                         " leave room for the names of its log and journal."};
  }
  if (file.string().size() > path_bytes_max) {
    return storage_error{"The path " + quoted_path(file) + " is too long: it has " +
                         std::to_string(file.string().size()) + " bytes, and at most " +
                         std::to_string(path_bytes_max) + " are possible."};
  }
  return {boost::system::in_place_value, std::move(file)};
}

/// Explains SQLite's code to the person who starts the server.
storage_error explain(const SQLite::Exception& error, bool is_full,
                      const std::filesystem::path& file) {
  const int code = is_full ? SQLITE_FULL : primary_code(error);
  switch (code) {
    case SQLITE_NOTADB:
      return {quoted_path(file) + " is not an SQLite database. Choose another file with --data."};
    case SQLITE_FULL:
      return {"The disk that holds " + quoted_path(file) + " is full. Make room and start again."};
    case SQLITE_NOMEM:
      return {"There is not enough memory to use " + quoted_path(file) +
              ". Free some and start again."};
    case SQLITE_READONLY:
      return {quoted_path(file) + " or its folder is read-only. Make it writable and start again."};
    case SQLITE_BUSY:
      return {quoted_path(file) + " is in use by another process. Stop it and start again."};
    case SQLITE_CORRUPT:
      // SQLite also returns this if the disk fails to read the schema.
      return {quoted_path(file) + " is damaged or cannot be read: " + error.what() +
              ". Check the disk; if it is well, restore the file from a backup."};
    default:
      return {sentence_of("Cannot use " + quoted_path(file), error.what())};
  }
}

}  // namespace

database::database(std::filesystem::path file, file_lock lock,
                   std::unique_ptr<SQLite::Database> connection, std::int64_t page_bytes)
    : file_(std::move(file)),
      lock_(std::move(lock)),
      connection_(std::move(connection)),
      page_bytes_(page_bytes) {}

database::database(database&&) noexcept = default;
database::~database() = default;

result<database> database::open(const std::filesystem::path& named) {
  auto file = path_of(named);
  if (!file) return file.error();
  if (auto whole = check_file_of_log(*file); !whole) return whole.error();
  auto lock = file_lock::acquire(*file);
  if (!lock) return lock.error();
  auto opened = open_locked(*file, *lock);
  if (!opened) lock->leave_no_trace();
  return opened;
}

result<database> database::open_locked(const std::filesystem::path& file, file_lock& lock) {
  if (auto ours = check_header(lock, file); !ours) return ours.error();
  read_ahead(file);
  configure_library();
  insist_on_whole_reads();
  const bool with_log = has_log(file);
  std::unique_ptr<SQLite::Database> connection;
  try {
    const auto alone = with_log ? marks_of_file_alone(file) : found_marks();
    connection = std::make_unique<SQLite::Database>(file.string(),
                                                    SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    sqlite3_extended_result_codes(connection->getHandle(), 1);
    insist_on_writing(*connection);
    if (auto fits = check_log(*connection, file, alone, with_log); !fits) return fits.error();
    if (auto prepared = prepare(*connection, lock, file, with_log); !prepared)
      return prepared.error();
    const auto page_bytes = pragma(*connection, "page_size");
    return database(file, std::move(lock), std::move(connection), page_bytes);
  } catch (const SQLite::Exception& error) {
    const bool is_full =
        connection && is_disk_full(connection->getHandle(), error.getExtendedErrorCode());
    return explain(error, is_full, file);
  }
}

}  // namespace innkeeper::storage
