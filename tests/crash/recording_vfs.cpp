#include "tests/crash/recording_vfs.hpp"

#include <sqlite3.h>

#include <cstring>
#include <mutex>
#include <new>
#include <utility>

namespace innkeeper::testing {
namespace {

/// SQLite's VFS interface has no place for a context that outlives a file, so the one record is
/// global.
struct record {
  std::mutex mutex;
  bool running = false;
  std::vector<disk_event> events;

  void add(disk_event event) {
    const std::lock_guard lock(mutex);
    if (running) events.push_back(std::move(event));
  }
};

record& the_record() {
  static record one;
  return one;
}

/// What SQLite sees as its file; the ordinary VFS's file lies behind it in the same memory.
struct recorded_file {
  sqlite3_file base;
  bool recorded;
  disk_file file;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

recorded_file& own(sqlite3_file* file) {
  return *reinterpret_cast<recorded_file*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
  return own(file).real();
}

int close_file(sqlite3_file* f) {
  return real(f)->pMethods->xClose(real(f));
}

int read_file(sqlite3_file* f, void* into, int size, sqlite3_int64 offset) {
  return real(f)->pMethods->xRead(real(f), into, size, offset);
}

int write_file(sqlite3_file* f, const void* from, int size, sqlite3_int64 offset) {
  if (own(f).recorded) {
    the_record().add({disk_event::kind::write,
                      own(f).file,
                      offset,
                      {static_cast<const char*>(from), static_cast<std::size_t>(size)},
                      {}});
  }
  return real(f)->pMethods->xWrite(real(f), from, size, offset);
}

int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
  if (own(f).recorded) the_record().add({disk_event::kind::truncate, own(f).file, size, {}, {}});
  return real(f)->pMethods->xTruncate(real(f), size);
}

int sync_file(sqlite3_file* f, int flags) {
  const int result = real(f)->pMethods->xSync(real(f), flags);
  if (own(f).recorded) the_record().add({disk_event::kind::sync, own(f).file, 0, {}, {}});
  return result;
}

int file_size(sqlite3_file* f, sqlite3_int64* size) {
  return real(f)->pMethods->xFileSize(real(f), size);
}

int lock_file(sqlite3_file* f, int level) {
  return real(f)->pMethods->xLock(real(f), level);
}

int unlock_file(sqlite3_file* f, int level) {
  return real(f)->pMethods->xUnlock(real(f), level);
}

int check_reserved_lock(sqlite3_file* f, int* result) {
  return real(f)->pMethods->xCheckReservedLock(real(f), result);
}

int control_file(sqlite3_file* f, int operation, void* argument) {
  return real(f)->pMethods->xFileControl(real(f), operation, argument);
}

int sector_size(sqlite3_file* f) {
  return real(f)->pMethods->xSectorSize(real(f));
}

/// No promise of the disk: SQLite has to do without power-safe overwrites and atomic writes.
int device_characteristics(sqlite3_file*) {
  return 0;
}

int map_shared(sqlite3_file* f, int page, int size, int extend, void volatile** memory) {
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, memory);
}

int lock_shared(sqlite3_file* f, int offset, int count, int flags) {
  return real(f)->pMethods->xShmLock(real(f), offset, count, flags);
}

void fence_shared(sqlite3_file* f) {
  real(f)->pMethods->xShmBarrier(real(f));
}

int unmap_shared(sqlite3_file* f, int remove) {
  return real(f)->pMethods->xShmUnmap(real(f), remove);
}

const sqlite3_io_methods methods{2,
                                 close_file,
                                 read_file,
                                 write_file,
                                 truncate_file,
                                 sync_file,
                                 file_size,
                                 lock_file,
                                 unlock_file,
                                 check_reserved_lock,
                                 control_file,
                                 sector_size,
                                 device_characteristics,
                                 map_shared,
                                 lock_shared,
                                 fence_shared,
                                 unmap_shared,
                                 nullptr,
                                 nullptr};

sqlite3_vfs* ordinary = nullptr;

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out_flags) {
  auto& file = *new (f) recorded_file{};
  const bool is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  file.recorded = is_database || (flags & SQLITE_OPEN_WAL) != 0;
  file.file = is_database ? disk_file::database : disk_file::log;
  const int result = ordinary->xOpen(ordinary, name, file.real(), flags, out_flags);
  file.base.pMethods = file.real()->pMethods != nullptr ? &methods : nullptr;
  return result;
}

sqlite3_vfs make_vfs() {
  ordinary = sqlite3_vfs_find("unix");
  auto made = *ordinary;
  made.zName = "recording";
  made.pNext = nullptr;
  made.szOsFile = static_cast<int>(sizeof(recorded_file)) + ordinary->szOsFile;
  made.xOpen = open_file;
  return made;
}

sqlite3_vfs& the_vfs() {
  static sqlite3_vfs vfs = make_vfs();
  return vfs;
}

}  // namespace

recording_vfs::recording_vfs() {
  sqlite3_vfs_register(&the_vfs(), 1);
}

recording_vfs::~recording_vfs() {
  sqlite3_vfs_unregister(&the_vfs());
  sqlite3_vfs_register(ordinary, 1);
}

void recording_vfs::start() {
  const std::lock_guard lock(the_record().mutex);
  the_record().events.clear();
  the_record().running = true;
}

void recording_vfs::note(std::string text) {
  the_record().add({disk_event::kind::note, {}, 0, {}, std::move(text)});
}

std::vector<disk_event> recording_vfs::stop() {
  const std::lock_guard lock(the_record().mutex);
  the_record().running = false;
  return std::move(the_record().events);
}

}  // namespace innkeeper::testing
