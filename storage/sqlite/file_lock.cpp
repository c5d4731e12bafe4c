#include "storage/sqlite/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace innkeeper::storage {
namespace {

storage_error cannot_open(const std::string& file, int error) {
  auto sentence =
      "Cannot open " + quoted_path(file) + " for writing: " + std::strerror(error) + ". ";
  switch (error) {
    case EMFILE:
    case ENFILE:
      return {sentence + "Raise the limit on open files (ulimit -n, LimitNOFILE=)."};
    case ENOSPC:
    case EDQUOT:
      return {sentence + "Make room on the disk and start again."};
    default:
      return {sentence + "Check the folder and its rights, or choose another file with --data."};
  }
}

storage_error in_use(const std::string& file) {
  return {quoted_path(file) +
          " is in use by another Innkeeper. Stop it, or choose another file with --data."};
}

/// A pipe must not block, and a terminal must not become our controlling terminal.
constexpr int open_flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

struct opened {
  int descriptor;
  bool is_new;
};

/// The descriptor is negative if the file cannot be opened; errno gives the reason.
opened open_or_make(const std::string& file) {
  const int found = ::open(file.c_str(), open_flags);
  if (found >= 0 || errno != ENOENT) return {found, false};
  const int made = ::open(file.c_str(), open_flags | O_CREAT | O_EXCL, 0600);
  if (made >= 0 || errno != EEXIST) return {made, true};
  return {::open(file.c_str(), open_flags), false};
}

/// Older versions locked a file beside the database. A running one still holds it; otherwise the
/// lock file is obsolete.
bool older_server_runs(const std::string& file) {
  const auto lock_file = file + ".lock";
  const int descriptor = ::open(lock_file.c_str(), open_flags);
  if (descriptor < 0) return false;
  const bool runs = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  struct stat found {};
  const bool is_theirs =
      ::fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode) && found.st_size == 0;
  if (!runs && is_theirs) static_cast<void>(::unlink(lock_file.c_str()));
  ::close(descriptor);
  return runs;
}

file_identity identity_in(const struct stat& found) {
  return {found.st_dev, found.st_ino};
}

/// mountinfo writes "/srv/a b" as "/srv/a\040b" (proc(5)).
std::string without_octal_escapes(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

bool is_mount_point(const std::string& file) {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream columns(line);
    std::string id, parent, device, root, point;
    columns >> id >> parent >> device >> root >> point;
    if (without_octal_escapes(point) == file) return true;
  }
  return false;
}

std::string mode_text(mode_t mode) {
  std::ostringstream text;
  text << std::oct << (mode & 0777U);
  return text.str();
}

}  // namespace

void throw_exception_from_error(const storage_error& error, const boost::source_location&) {
  throw std::logic_error("a storage error was not looked at: " + error.sentence);
}

std::optional<file_identity> identity_of(const std::string& file) {
  struct stat found {};
  errno = 0;
  if (::stat(file.c_str(), &found) != 0) return std::nullopt;
  return identity_in(found);
}

result<file_lock> file_lock::acquire(const std::filesystem::path& named) {
  const auto file = named.string();
  const auto [descriptor, is_new] = open_or_make(file);
  if (descriptor < 0) {
    if (errno == EISDIR) {
      return storage_error{quoted_path(file) + " is a folder. Name a file with --data."};
    }
    return cannot_open(file, errno);
  }
  struct stat found {};
  if (::fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode)) {
    ::close(descriptor);
    return storage_error{quoted_path(file) + " is no file. Choose one with --data."};
  }
  file_lock lock(descriptor, file, identity_in(found), is_new);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot_open(file, errno);
    return in_use(file);
  }
  // Another program may have replaced the file between opening and locking.
  if (!lock.is_in_place()) {
    return storage_error{quoted_path(file) + " was replaced while it was opened. Start again."};
  }
  if (older_server_runs(file)) {
    lock.leave_no_trace();
    return in_use(file);
  }
  return lock;
}

file_lock::file_lock(file_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      identity_(other.identity_),
      is_new_(other.is_new_),
      removes_(std::exchange(other.removes_, false)) {}

file_lock::~file_lock() {
  if (descriptor_ < 0) return;
  if (removes_ && is_in_place()) {
    for (const char* end : {"-wal", "-shm", "-journal", ""}) {
      static_cast<void>(::unlink((path_ + end).c_str()));
    }
  }
  ::close(descriptor_);
}

void file_lock::remove(const std::filesystem::path& file) {
  auto lock = acquire(file);
  if (lock) lock->removes_ = true;
}

std::string file_lock::head(std::size_t bytes) const {
  std::string text(bytes, '\0');
  const auto got = ::pread(descriptor_, text.data(), bytes, 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

std::vector<std::string> file_lock::warnings() const {
  std::vector<std::string> found;
  struct stat its {};
  if (::fstat(descriptor_, &its) != 0) return found;
  constexpr mode_t others = 077;
  if ((its.st_mode & others) != 0) {
    found.push_back(
        quoted_path(path_) + " may be read or changed by others (mode " + mode_text(its.st_mode) +
        "): it holds its visitors' secrets. Make it yours alone: chmod 600 " + quoted_path(path_));
  }
  if (its.st_nlink > 1) {
    found.push_back(quoted_path(path_) + " has " + std::to_string(its.st_nlink) +
                    " names (hard links). Its log goes by this one: opened by another name it "
                    "would lack what the log holds. Keep one name.");
  }
  if (is_mount_point(path_)) {
    found.push_back(quoted_path(path_) +
                    " is a mount point by itself, so its log lies outside of the mount and goes "
                    "with the container. Mount the folder instead.");
  }
  return found;
}

}  // namespace innkeeper::storage
