#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "storage/sqlite/file_lock.hpp"
#include "storage/storage_error.hpp"

namespace SQLite {
class Database;
}

/// The one SQLite file. Opening checks that it is ours, locks it against a second server and
/// migrates it to the newest schema. Errors are sentences for the person who starts the server.
namespace innkeeper::storage {

/// 'INKP': the value of `PRAGMA application_id` in our files.
inline constexpr std::int32_t application_id = 0x494E4B50;

/// The file and its one writing connection. Only one thread at a time may use the connection.
class database {
 public:
  /// Creates the file (mode 0600) if there is none. `named` is a path, never a URI. Returns an
  /// error for a file that is not ours, of a newer version, in use, read-only or damaged. The same
  /// for one on a full disk, copied without its log, or beside another file's log
  /// (storage/sqlite/log_marks.hpp). Leaves no file behind on failure. Reads the file ahead
  /// (storage/sqlite/read_ahead.hpp), which may take half a second.
  static result<database> open(const std::filesystem::path& named);

  database(database&&) noexcept;
  ~database();

  /// Absolute, without symbolic links.
  const std::filesystem::path& file() const { return file_; }
  const file_lock& lock() const { return lock_; }
  SQLite::Database& connection() { return *connection_; }
  /// The size of each page of the file and of its log.
  std::int64_t page_bytes() const { return page_bytes_; }

 private:
  static result<database> open_locked(const std::filesystem::path& file, file_lock& lock);

  database(std::filesystem::path file, file_lock lock, std::unique_ptr<SQLite::Database> connection,
           std::int64_t page_bytes);

  std::filesystem::path file_;
  file_lock lock_;
  std::unique_ptr<SQLite::Database> connection_;
  std::int64_t page_bytes_;
};

}  // namespace innkeeper::storage
