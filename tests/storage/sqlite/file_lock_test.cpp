#include "storage/sqlite/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "storage/sqlite/database.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace innkeeper;
using Catch::Matchers::Contains;
using storage::file_lock;

namespace {

namespace fs = std::filesystem;

std::string refusal(const fs::path& file) {
  const auto lock = file_lock::acquire(file);
  return lock ? "locked" : lock.error().sentence;
}

void write_to(const fs::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

std::string all_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& each : lines) text += each + "\n";
  return text;
}

}  // namespace

TEST_CASE("a file has one lock, by whatever name it is reached") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  const auto lock = file_lock::acquire(file);
  REQUIRE(lock.has_value());
  fs::create_hard_link(file, folder.path() / "hard.db");
  fs::create_symlink(file, folder.path() / "soft.db");
  for (const auto* name : {"rooms.db", "hard.db", "soft.db"}) {
    CHECK_THAT(refusal(folder.path() / name), Contains("in use by another Innkeeper"));
  }
}

TEST_CASE("a lock is free again when its holder has ended") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  { REQUIRE(file_lock::acquire(file).has_value()); }
  CHECK(refusal(file) == "locked");
}

TEST_CASE("the lock notices that its file is deleted, moved or replaced") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  const auto lock = file_lock::acquire(file);
  REQUIRE(lock.has_value());
  CHECK(lock->is_in_place());
  SECTION("deleted") {
    fs::remove(file);
  }
  SECTION("moved") {
    fs::rename(file, folder.path() / "moved.db");
  }
  SECTION("replaced") {
    write_to(folder.path() / "other.db", "other");
    fs::rename(folder.path() / "other.db", file);
  }
  CHECK_FALSE(lock->is_in_place());
}

TEST_CASE("a file that was written over in place is still the same file") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  const auto lock = file_lock::acquire(file);
  REQUIRE(lock.has_value());
  write_to(file, "text");
  CHECK(lock->is_in_place());
}

TEST_CASE("a file that turned out to be of no use goes, unless it was there before") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  const bool was_there = GENERATE(false, true);
  if (was_there) write_to(file, "mine");
  {
    auto lock = file_lock::acquire(file);
    REQUIRE(lock.has_value());
    CHECK(lock->is_new() == !was_there);
    lock->leave_no_trace();
  }
  CHECK(fs::exists(file) == was_there);
}

TEST_CASE("a file is not taken away from whoever has it by now") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  {
    const auto lock = file_lock::acquire(file);
    REQUIRE(lock.has_value());
    file_lock::remove(file);
    CHECK(fs::exists(file));
  }
  file_lock::remove(file);
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("an older server that still runs keeps its file") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  const auto old_lock = folder.path() / "rooms.db.lock";
  const int held = ::open(old_lock.c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(held >= 0);
  REQUIRE(::flock(held, LOCK_EX) == 0);
  CHECK_THAT(refusal(file), Contains("in use"));
  CHECK_FALSE(fs::exists(file));
  ::close(held);
  CHECK(refusal(file) == "locked");
  CHECK_FALSE(fs::exists(old_lock));
}

TEST_CASE("the owner is told who else may read the file, and of its other names") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  const auto lock = file_lock::acquire(file);
  REQUIRE(lock.has_value());
  CHECK(lock->warnings().empty());
  fs::create_hard_link(file, folder.path() / "other.db");
  for (const ::mode_t mode : {0640U, 0604U, 0644U, 0620U}) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    CHECK_THAT(all_of(lock->warnings()), Contains("chmod 600") && Contains("2 names"));
  }
}

TEST_CASE("a folder that may not be entered is named, with the reason") {
  if (::geteuid() == 0) return;  // who may do everything is refused nothing
  const testing::temporary_directory folder;
  const auto closed = folder.path() / "private";
  fs::create_directory(closed);
  fs::permissions(closed, fs::perms::none);
  CHECK_THAT(refusal(closed / "rooms.db"), Contains("private") && Contains("denied"));
  fs::permissions(closed, fs::perms::owner_all);
}
