#include "storage/sqlite/read_ahead.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/sqlite/database.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/wait.hpp"

using namespace innkeeper;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t mib = std::size_t{1024} * 1024;

std::runtime_error broken(const std::string& what) {
  return std::runtime_error("the test cannot use its file: " + what);
}

/// To be opened and closed while nothing in the process has a lock on the file.
class opened_file {
 public:
  explicit opened_file(const std::filesystem::path& path)
      : bytes_(std::filesystem::file_size(path)),
        descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw broken("open");
  }
  ~opened_file() { ::close(descriptor_); }
  opened_file(const opened_file&) = delete;
  opened_file& operator=(const opened_file&) = delete;

  void forget() const {
    if (::fsync(descriptor_) != 0) throw broken("fsync");
    ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED);
  }

  std::size_t pages() const {
    const auto page_bytes = static_cast<std::uintmax_t>(::sysconf(_SC_PAGESIZE));
    return (bytes_ + page_bytes - 1) / page_bytes;
  }
  std::size_t pages_in_memory() const {
    void* mapped = ::mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, descriptor_, 0);
    if (mapped == MAP_FAILED) throw broken("mmap");  // NOLINT(performance-no-int-to-ptr)
    std::vector<unsigned char> flags(pages());
    const int known = ::mincore(mapped, bytes_, flags.data());
    ::munmap(mapped, bytes_);
    if (known != 0) throw broken("mincore");
    return static_cast<std::size_t>(
        std::ranges::count_if(flags, [](unsigned char of) { return (of & 1U) != 0; }));
  }

 private:
  std::uintmax_t bytes_;
  int descriptor_;
};

/// False, in words, where the file system itself is memory.
bool forget(const std::filesystem::path& path) {
  const opened_file opened(path);
  opened.forget();
  const auto left = opened.pages_in_memory();
  if (left > 0) WARN("SKIPPED: the system keeps " << left << " pages of " << opened.pages());
  return left == 0;
}

/// Within ten seconds.
bool comes_into_memory(const std::filesystem::path& path) {
  const opened_file opened(path);
  return testing::becomes_true([&] { return opened.pages_in_memory() == opened.pages(); });
}

/// Notes what is asked of it.
class noted_pieces {
 public:
  std::uint64_t begun = 0;
  std::uint64_t came = 0;
  std::uint64_t most_under_way = 0;
  /// The first one that fails, if any does.
  std::uint64_t fails_to_begin = no_piece;
  std::uint64_t fails_to_come = no_piece;
  /// How often the clock may be looked at.
  std::uint64_t looks_left = no_piece;

  std::uint64_t read(std::uint64_t pieces) {
    return storage::read_pieces_ahead(pieces,
                                      {[this](std::uint64_t piece) { return begin(piece); },
                                       [this](std::uint64_t piece) { return wait_for(piece); },
                                       [this] { return looks_left-- == 0; }});
  }

 private:
  static constexpr auto no_piece = std::numeric_limits<std::uint64_t>::max();

  bool begin(std::uint64_t piece) {
    CHECK(piece == begun);
    if (piece == fails_to_begin) return false;
    ++begun;
    most_under_way = std::max(most_under_way, begun - came);
    CHECK(begun - came <= came + 1);
    return true;
  }
  bool wait_for(std::uint64_t piece) {
    CHECK(piece == came);
    CHECK(piece < begun);
    if (piece == fails_to_come) return false;
    ++came;
    return true;
  }
};

}  // namespace

TEST_CASE("all pieces are read ahead in their order, never more than so many at a time") {
  noted_pieces noted;
  CHECK(noted.read(1000) == 1000);
  CHECK(noted.begun == 1000);
  CHECK(noted.most_under_way == storage::pieces_under_way_max);
}

TEST_CASE("no piece is no work, and one is waited for") {
  noted_pieces noted;
  CHECK(noted.read(0) == 0);
  CHECK(noted.read(1) == 1);
  CHECK(noted.came == 1);
}

TEST_CASE("when the time is over no more pieces are begun, and those under way are waited for") {
  noted_pieces noted;
  noted.looks_left = 30;
  const auto came = noted.read(1000);
  CHECK(came < 30);
  CHECK(noted.begun == came);
  CHECK(noted.came == came);
  CHECK(noted.most_under_way > 5);
}

TEST_CASE("where a piece cannot be read no more are read ahead") {
  noted_pieces noted;
  SECTION("it does not begin") {
    noted.fails_to_begin = 200;
    CHECK(noted.read(1000) == 200);
  }
  SECTION("it does not come") {
    noted.fails_to_come = 200;
    CHECK(noted.read(1000) == 200);
    CHECK(noted.begun == 200 + storage::pieces_under_way_max);
  }
}

TEST_CASE("a file that is read ahead is in the system's memory, to its last byte") {
  const testing::temporary_directory folder;
  const auto path = folder.path() / "file";
  std::ofstream(path) << std::string(40 * mib + 1, 'x');
  if (!forget(path)) return;
  storage::read_ahead(path, 1min);
  CHECK(comes_into_memory(path));
}

TEST_CASE("when the time is over no more of a file is read ahead") {
  const testing::temporary_directory folder;
  const auto path = folder.path() / "file";
  std::ofstream(path) << std::string(2 * mib, 'x');
  if (!forget(path)) return;
  storage::read_ahead(path, 0ms);
  storage::read_ahead(path, -1ms);
  CHECK(opened_file(path).pages_in_memory() == 0);
}

TEST_CASE("what cannot be read ahead is left alone") {
  const testing::temporary_directory folder;
  storage::read_ahead(folder.path() / "missing");
  storage::read_ahead(folder.path());
  const auto empty = folder.path() / "empty";
  { const std::ofstream made(empty); }
  storage::read_ahead(empty);
  const auto pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  storage::read_ahead(pipe);
  SUCCEED("none of them has thrown or waited for ever");
}

TEST_CASE("a database is read ahead when it is opened") {
  const testing::temporary_directory folder;
  const auto path = folder.path() / "rooms.db";
  {
    auto opened = storage::database::open(path);
    REQUIRE(opened.has_value());
    opened->connection().exec(
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
        " INSERT INTO objects (id, kind, name, object_id, created_ms)"
        " SELECT i, 'room', 'room' || i, hex(zeroblob(32)), 0 FROM n");
  }
  REQUIRE(std::filesystem::file_size(path) > 2 * mib);
  if (!forget(path)) return;
  { REQUIRE(storage::database::open(path).has_value()); }
  CHECK(comes_into_memory(path));
}
