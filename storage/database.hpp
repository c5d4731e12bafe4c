#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace SQLite {
class Database;
}

/// The one SQLite file: opened, checked to be ours, locked against a second server and brought up
/// to the newest schema. Errors are sentences for the person who started the server.
namespace innkeeper::storage {

/// 'INKP': what `PRAGMA application_id` says of our files.
inline constexpr std::int32_t application_id = 0x494E4B50;

struct storage_error {
  std::string sentence;
};

/// Asked for by boost::system::result when a value is taken that is not there: our own bug.
[[noreturn]] void throw_exception_from_error(const storage_error& error,
                                             const boost::source_location& where);

template <class T>
using result = boost::system::result<T, storage_error>;

/// Keeps `<file>.lock` locked for as long as it lives.
class file_lock {
 public:
  static result<file_lock> acquire(const std::filesystem::path& database_file);

  file_lock(file_lock&& other) noexcept;
  file_lock& operator=(file_lock&&) = delete;
  ~file_lock();

  /// Takes the lock file away if this lock made it: the database turned out not to be ours.
  void leave_no_trace();

 private:
  file_lock(int descriptor, std::filesystem::path made)
      : descriptor_(descriptor), made_(std::move(made)) {}

  int descriptor_;
  /// The lock file, if it was not there before.
  std::filesystem::path made_;
};

/// The file and its one writing connection. Hand the connection to one thread at a time.
class database {
 public:
  /// Creates the file (mode 0600) if there is none. Refuses, in words, a file that is not ours, of
  /// a newer version, in use, read-only, damaged or on a full disk. Reads it ahead
  /// (storage/read_ahead.hpp), which may take half a second.
  static result<database> open(const std::filesystem::path& named);

  database(database&&) noexcept;
  ~database();

  const std::filesystem::path& file() const { return file_; }
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
