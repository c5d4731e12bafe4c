#include "storage/read_ahead.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/database.hpp"
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

  std::size_t pages() const { return (bytes_ + page_bytes - 1) / page_bytes; }
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
  static constexpr std::size_t page_bytes = 4096;

  std::uintmax_t bytes_;
  int descriptor_;
};

/// False, in words, where the file system itself is memory.
bool forget(const std::filesystem::path& path) {
  const opened_file opened(path);
  opened.forget();
  const bool forgotten = opened.pages_in_memory() == 0;
  if (!forgotten) WARN("this file system forgets nothing, so nothing can be seen here");
  return forgotten;
}

bool comes_into_memory(const std::filesystem::path& path) {
  const opened_file opened(path);
  return testing::becomes_true([&] { return opened.pages_in_memory() == opened.pages(); });
}

}  // namespace

TEST_CASE("a file that is read ahead is in the system's memory, to its last byte") {
  const testing::temporary_directory folder;
  const auto path = folder.path() / "file";
  std::ofstream(path) << std::string(40 * mib + 1, 'x');
  if (!forget(path)) return;
  CHECK(storage::read_ahead(path, 1min) == 40 * mib + 1);
  CHECK(comes_into_memory(path));
}

TEST_CASE("when the time is over no more is read ahead") {
  const testing::temporary_directory folder;
  const auto path = folder.path() / "file";
  std::ofstream(path) << std::string(2 * mib, 'x');
  CHECK(storage::read_ahead(path, 0ms) == 0);
  CHECK(storage::read_ahead(path, -1ms) == 0);
}

TEST_CASE("what cannot be read ahead is left alone") {
  const testing::temporary_directory folder;
  CHECK(storage::read_ahead(folder.path() / "missing") == 0);
  CHECK(storage::read_ahead(folder.path()) == 0);
  const auto empty = folder.path() / "empty";
  std::ofstream{empty};
  CHECK(storage::read_ahead(empty) == 0);
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
