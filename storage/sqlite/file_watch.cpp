#include "storage/sqlite/file_watch.hpp"

#include <cerrno>
#include <cstring>

#include "storage/sqlite/log_turner.hpp"

namespace innkeeper::storage {

void file_watch::begin() {
  log_identity_ = identity_of(file_.file().string() + "-wal");
  index_identity_ = identity_of(file_.file().string() + "-shm");
}

bool file_watch::is_in_place() {
  if (is_gone_) return false;
  const auto path = file_.file().string();
  std::string lost;
  if (!file_.lock().is_in_place()) {
    lost = quoted_path(path);
  } else if (log_identity_ && identity_of(path + "-wal") != log_identity_) {
    lost = "The log " + quoted_path(path + "-wal");
  } else if (index_identity_ && identity_of(path + "-shm") != index_identity_) {
    lost = "The log's index " + quoted_path(path + "-shm");
  }
  if (lost.empty()) return true;
  const bool cannot_be_seen = errno != 0 && errno != ENOENT;
  give_up(cannot_be_seen
              ? lost + " cannot be found any more: " + std::strerror(errno)
              : lost + " is not in its place any more: it was deleted, moved or replaced");
  return false;
}

bool file_watch::is_written_over() {
  constexpr std::size_t schema_version = 40;  // sqlite.org/fileformat.html#schema_cookie
  const auto head = file_.lock().head(schema_version + 4);
  bool is_ours = head.size() == schema_version + 4 && head.starts_with("SQLite format 3");
  if (is_ours) {
    std::int64_t found = 0;
    for (const char byte : head.substr(schema_version)) {
      found = found * 256 + static_cast<unsigned char>(byte);
    }
    is_ours = !log_.is_foreign_schema(found);
  }
  if (!is_ours)
    give_up(quoted_path(file_.file().string()) + " was written over or cut by another program");
  return !is_ours;
}

void file_watch::give_up(const std::string& what) {
  is_gone_ = true;
  options_.health->report(health::reason::file_gone, what);
  options_.on_file_gone(
      what +
      ". Nothing is acknowledged from now on, and the server stops. Put back the "
      "file with its log, or a backup without '-wal' and '-shm', and start again.");
}

}  // namespace innkeeper::storage
