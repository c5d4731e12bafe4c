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

/// The one SQLite file: opened, checked to be ours, locked against a second server and brought up
/// to the newest schema. Errors are sentences for the person who started the server.
namespace innkeeper::storage {

/// 'INKP': what `PRAGMA application_id` says of our files.
inline constexpr std::int32_t application_id = 0x494E4B50;

/// The file and its one writing connection. Hand the connection to one thread at a time.
class database {
 public:
  /// Creates the file (mode 0600) if there is none. `named` is a path, never a URI. Refuses, in
  /// words, a file that is not ours, of a newer version, in use, read-only, damaged, on a full
  /// disk, copied without its log, or beside the log of another (storage/sqlite/log_marks.hpp).
  /// Leaves no file behind if it fails. Reads the file ahead (storage/sqlite/read_ahead.hpp), which
  /// may take half a second.
  static result<database> open(const std::filesystem::path& named);

  database(database&&) noexcept;
  ~database();

  /// Absolute, without symbolic links.
  const std::filesystem::path& file() const { return file_; }
  const file_lock& lock() const { return lock_; }
  SQLite::Database& connection() { return *connection_; }
  /// Of each page of the file, and so of its log.
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
