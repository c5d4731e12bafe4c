#include "storage/database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "storage/lacking_room.hpp"
#include "storage/migrations.hpp"
#include "storage/read_ahead.hpp"
#include "storage/whole_reads.hpp"

namespace innkeeper::storage {
namespace {

std::string quoted(const std::filesystem::path& file) {
  return "'" + file.string() + "'";
}

std::string system_error_text() {
  return std::strerror(errno);
}

/// SQLite's count of what it has allocated, which nobody asks for, would cost a lock for each
/// allocation. What it needs to undo one statement of many rows, some pages for each, has to find
/// room in the piece of memory that it asks for: for more it opens a file. Before anything else is
/// asked of the library.
void configure_library() {
  constexpr int undone_in_memory_max = 256 * 1024;
  static std::once_flag told;
  std::call_once(told, [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, undone_in_memory_max);
  });
}

/// SQLite would create the file with the umask's rights; it holds session ids, so only its owner
/// may read.
result<void> create_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return storage_error{"Cannot open " + quoted(file) + " for writing: " + system_error_text() +
                         ". Check the folder and its rights, or choose another file with --data."};
  }
  ::close(descriptor);
  return {};
}

std::int64_t pragma(SQLite::Database& connection, const std::string& name) {
  return connection.execAndGet("PRAGMA " + name).getInt64();
}

bool is_empty(SQLite::Database& connection) {
  return connection.execAndGet("SELECT count(*) FROM sqlite_schema").getInt64() == 0;
}

/// Looked at before anything is made beside the file.
result<void> check_header(const std::filesystem::path& file) {
  constexpr std::string_view magic{"SQLite format 3\0", 16};  // sqlite.org/fileformat.html
  if (std::error_code none; exists(file, none) && !is_regular_file(file, none)) {
    return storage_error{quoted(file) + " is no file. Choose one with --data."};
  }
  std::ifstream opened(file, std::ios::binary);
  std::string header(magic.size(), '\0');
  if (!opened || !opened.read(header.data(), static_cast<std::streamsize>(header.size()))) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(file, ignored);
    if (ignored || size == 0) return {};
  }
  if (header == magic) return {};
  return storage_error{quoted(file) +
                       " is not an SQLite database. Choose another file with --data."};
}

result<void> check_ownership(SQLite::Database& connection, const std::filesystem::path& file) {
  const auto id = pragma(connection, "application_id");
  if (id == application_id || (id == 0 && is_empty(connection))) return {};
  return storage_error{
      quoted(file) + " is an SQLite database of another program. Choose another file with --data."};
}

result<void> check_version(SQLite::Database& connection, const std::filesystem::path& file) {
  const auto version = pragma(connection, "user_version");
  const auto known = static_cast<std::int64_t>(migrations().size());
  if (version >= 0 && version <= known) return {};
  return storage_error{quoted(file) + " was written by a newer Innkeeper (schema " +
                       std::to_string(version) + ", this one knows up to " + std::to_string(known) +
                       "). Start the newer version."};
}

result<void> configure(SQLite::Database& connection, const std::filesystem::path& file) {
  // To its end, and asked again: the mode is named before it is on disk.
  connection.exec("PRAGMA journal_mode = WAL");
  const auto mode = connection.execAndGet("PRAGMA journal_mode").getString();
  if (mode != "wal") {
    return storage_error{
        "The file system of " + quoted(file) +
        " cannot keep a write-ahead log. Choose a file on a local disk with --data."};
  }
  connection.exec("PRAGMA synchronous = FULL");
  connection.exec("PRAGMA foreign_keys = ON");
  // The writer checkpoints between commits, after it has acknowledged them.
  connection.exec("PRAGMA wal_autocheckpoint = 0");
  connection.exec("PRAGMA journal_size_limit = 67108864");
  connection.exec("BEGIN IMMEDIATE");  // tells whether somebody else is writing
  connection.exec("ROLLBACK");
  return {};
}

result<void> prepare(SQLite::Database& connection, const std::filesystem::path& file) {
  if (auto owned = check_ownership(connection, file); !owned) return owned.error();
  if (auto version = check_version(connection, file); !version) return version.error();
  if (auto configured = configure(connection, file); !configured) return configured.error();
  migrate(connection, static_cast<int>(pragma(connection, "user_version")));
  return {};
}

/// Where SQLite cannot open a file for writing, and be it for once, it opens it for reading, and
/// says so with the first write only.
void insist_on_writing(const SQLite::Database& connection) {
  if (sqlite3_db_readonly(connection.getHandle(), "main") == 0) return;
  throw SQLite::Exception("the file was opened for reading only", SQLITE_READONLY);
}

/// What SQLite's code means for the person who started the server.
storage_error explain(const SQLite::Exception& error, bool is_full,
                      const std::filesystem::path& file) {
  constexpr int primary_code = 0xFF;  // of an extended one, sqlite.org/rescode.html
  const int code = is_full ? SQLITE_FULL : error.getExtendedErrorCode() & primary_code;
  switch (code) {
    case SQLITE_NOTADB:
      return {quoted(file) + " is not an SQLite database. Choose another file with --data."};
    case SQLITE_FULL:
      return {"The disk that holds " + quoted(file) + " is full. Make room and start again."};
    case SQLITE_NOMEM:
      return {"There is not enough memory to use " + quoted(file) + ". Free some and start again."};
    case SQLITE_READONLY:
      return {quoted(file) + " or its folder is read-only. Make it writable and start again."};
    case SQLITE_BUSY:
      return {quoted(file) + " is in use by another process. Stop it and start again."};
    case SQLITE_CORRUPT:
      // Also said of a schema that the disk fails to read.
      return {quoted(file) + " is damaged or cannot be read: " + error.what() +
              ". Check the disk; if it is well, restore the file from a backup."};
    default:
      return {"Cannot use " + quoted(file) + ": " + error.what() + "."};
  }
}

}  // namespace

void throw_exception_from_error(const storage_error& error, const boost::source_location&) {
  throw std::logic_error("a storage error was not looked at: " + error.sentence);
}

result<file_lock> file_lock::acquire(const std::filesystem::path& database_file) {
  auto lock_file = database_file;
  lock_file += ".lock";
  const bool is_new = !std::filesystem::exists(lock_file);
  const int descriptor = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return storage_error{"Cannot open " + quoted(lock_file) + ": " + system_error_text() +
                         ". Check the folder and its rights, or choose another file with --data."};
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return storage_error{quoted(database_file) +
                         " is in use by another Innkeeper. Stop it, or choose another file with "
                         "--data."};
  }
  return file_lock(descriptor, is_new ? lock_file : std::filesystem::path());
}

file_lock::file_lock(file_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), made_(std::move(other.made_)) {}

void file_lock::leave_no_trace() {
  std::error_code ignored;
  if (!made_.empty()) std::filesystem::remove(made_, ignored);
}

file_lock::~file_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

database::database(std::filesystem::path file, file_lock lock,
                   std::unique_ptr<SQLite::Database> connection, std::int64_t page_bytes)
    : file_(std::move(file)),
      lock_(std::move(lock)),
      connection_(std::move(connection)),
      page_bytes_(page_bytes) {}

database::database(database&&) noexcept = default;
database::~database() = default;

result<database> database::open(const std::filesystem::path& named) {
  // One file has one lock, by whatever links it is named.
  std::error_code unresolved;
  auto file = std::filesystem::weakly_canonical(named, unresolved);
  if (unresolved) file = named;
  if (auto ours = check_header(file); !ours) return ours.error();
  auto lock = file_lock::acquire(file);
  if (!lock) return lock.error();
  auto opened = open_locked(file, *lock);
  if (!opened) lock->leave_no_trace();
  return opened;
}

result<database> database::open_locked(const std::filesystem::path& file, file_lock& lock) {
  if (auto created = create_private_file(file); !created) return created.error();
  read_ahead(file);
  configure_library();
  insist_on_whole_reads();
  std::unique_ptr<SQLite::Database> connection;
  try {
    connection = std::make_unique<SQLite::Database>(file.string(),
                                                    SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    sqlite3_extended_result_codes(connection->getHandle(), 1);
    insist_on_writing(*connection);
    if (auto prepared = prepare(*connection, file); !prepared) return prepared.error();
    const auto page_bytes = pragma(*connection, "page_size");
    return database(file, std::move(lock), std::move(connection), page_bytes);
  } catch (const SQLite::Exception& error) {
    const bool is_full = connection && lacks_room(connection->getHandle());
    return explain(error, is_full, file);
  }
}

}  // namespace innkeeper::storage
