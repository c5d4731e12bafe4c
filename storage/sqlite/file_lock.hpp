#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/storage_error.hpp"

/// One file, one server. The lock is a flock(2) on the database file itself, so that it goes with
/// the file by whatever name somebody reaches it. Its descriptor is opened before SQLite opens the
/// file and closed after SQLite has closed it: to close any descriptor of a file ends all of the
/// process's fcntl(2) locks on it, which are SQLite's. One thread at a time.
namespace innkeeper::storage {

/// Which file this is, whatever it is called.
struct file_identity {
  dev_t device = 0;
  ino_t inode = 0;

  friend bool operator==(const file_identity&, const file_identity&) = default;
};

/// Nothing if there is no file of that name, or it cannot be asked.
std::optional<file_identity> identity_of(const std::string& file);

class file_lock {
 public:
  /// Opens the file, makes it (mode 0600) if there is none, and locks it. The error says who has it
  /// or why it cannot be opened. `file` is an absolute path.
  static result<file_lock> acquire(const std::filesystem::path& file);

  file_lock(file_lock&& other) noexcept;
  file_lock& operator=(file_lock&&) = delete;
  /// Takes the file away first if that was asked for.
  ~file_lock();

  /// The file's first bytes, at most as many as asked for.
  std::string head(std::size_t bytes) const;
  /// Whether this lock has made the file.
  bool is_new() const { return is_new_; }
  /// Whether the file is still to be found by its name. False if nobody can tell, too: errno says
  /// why then.
  bool is_in_place() const { return identity_of(path_) == identity_; }
  /// If this lock has made the file, nothing of it is to stay: it turned out to be of no use.
  void leave_no_trace() { removes_ = is_new_; }
  /// Takes away a file that the caller had made, unless somebody else has it by now.
  static void remove(const std::filesystem::path& file);
  /// What the owner should know of the file: who else may read it, what other names it has.
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
