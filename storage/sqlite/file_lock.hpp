#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/storage_error.hpp"

/// Locks the file against a second server, by flock(2) on the database file itself. So the lock
/// holds under all names of the file. Its descriptor is opened before SQLite opens the file and
/// closed after SQLite closes it. The reason: closing any descriptor of a file releases all of the
/// process's fcntl(2) locks on it, which SQLite uses. One thread at a time.
namespace innkeeper::storage {

/// Identifies a file independently of its name.
struct file_identity {
  dev_t device = 0;
  ino_t inode = 0;

  friend bool operator==(const file_identity&, const file_identity&) = default;
};

/// Nothing if there is no file of that name, or stat(2) fails.
std::optional<file_identity> identity_of(const std::string& file);

class file_lock {
 public:
  /// Opens the file, creates it (mode 0600) if there is none, and locks it. The error says which
  /// process holds it or why it cannot be opened. `file` is an absolute path.
  static result<file_lock> acquire(const std::filesystem::path& file);

  file_lock(file_lock&& other) noexcept;
  file_lock& operator=(file_lock&&) = delete;
  /// Removes the file first if leave_no_trace() asked for that.
  ~file_lock();

  /// The file's first bytes, at most `bytes`.
  std::string head(std::size_t bytes) const;
  /// Whether acquire() created the file.
  bool is_new() const { return is_new_; }
  /// Whether the file is still found under its name. Also false if stat(2) fails; errno gives the
  /// reason then.
  bool is_in_place() const { return identity_of(path_) == identity_; }
  /// If acquire() created the file, the destructor removes it: it is of no use.
  void leave_no_trace() { removes_ = is_new_; }
  /// Removes a file that the caller created, unless another process has locked it.
  static void remove(const std::filesystem::path& file);
  /// Warnings for the operator: who else may read the file, and its other names.
  std::vector<std::string> warnings() const;

 private:
  file_lock(int descriptor, std::string path, file_identity identity, bool is_new)
      : descriptor_(descriptor), path_(std::move(path)), identity_(identity), is_new_(is_new) {}

  int descriptor_;
  std::string path_;
  file_identity identity_;
  bool is_new_;
  bool removes_ = false;
};

}  // namespace innkeeper::storage
