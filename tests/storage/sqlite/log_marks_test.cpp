#include "storage/sqlite/log_marks.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <memory>

#include "storage/sqlite/group_writer.hpp"
#include "tests/storage/sample_rows.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/wait.hpp"

using namespace innkeeper;
using Catch::Matchers::Contains;
using storage::found_marks;
using storage::log_marks;
using storage::pairing;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t schema = 70;

found_marks found(std::int64_t announced, std::int64_t begun, std::int64_t previous = 0,
                  std::int64_t noted = schema, std::int64_t now = schema) {
  return {true, log_marks{announced, begun, previous, noted, now}};
}

/// A server's file in a folder, which can be copied at any moment as it is on disk: what a kill at
/// that moment leaves.
struct serving {
  explicit serving(const fs::path& its_file, std::int64_t quiet_ms = 3'600'000) : file(its_file) {
    storage::group_writer_options options;
    options.quiet_ms = quiet_ms;
    writer = std::make_unique<storage::group_writer>(testing::open_with_notes(file), options);
  }

  void store(std::int64_t stars) {
    auto batch = testing::first_batch(1);
    testing::put_note(batch, "a", "b", stars);
    REQUIRE(testing::write(*writer, std::move(batch)) == storage::commit_outcome::committed);
  }
  void copy_file(const fs::path& to) const { copy("", to); }
  void copy_all(const fs::path& to) const {
    copy("", to);
    copy("-wal", to);
  }
  void copy(const std::string& end, const fs::path& to) const {
    fs::copy_file(file.string() + end, to.string() + end, fs::copy_options::overwrite_existing);
  }
  void back_up(const fs::path& to) const {
    SQLite::Database from(file.string(), SQLite::OPEN_READONLY);
    SQLite::Database copy(to.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    SQLite::Backup backup(copy, from);
    backup.executeStep();
  }
  void vacuum_into(const fs::path& to) const {
    SQLite::Database from(file.string(), SQLite::OPEN_READONLY);
    from.exec("VACUUM INTO '" + to.string() + "'");
  }

  fs::path file;
  std::unique_ptr<storage::group_writer> writer;
};

/// "opened" and what the note says, or the reason why not.
std::string opened(const fs::path& file) {
  auto its = storage::database::open(file);
  if (!its) return its.error().sentence;
  const auto stars = its->connection().execAndGet("SELECT max(stars) FROM notes").getInt64();
  return "opened with " + std::to_string(stars);
}

}  // namespace

TEST_CASE("a file without a log is whole unless it announces one") {
  CHECK(storage::judge({}, {}, false) == pairing::fits);
  CHECK(storage::judge({}, found(1, 1), false) == pairing::fits);
  CHECK(storage::judge({}, found(2, 1), false) == pairing::log_is_missing);
  CHECK(storage::judge({}, found(2, 1, 0, schema, 1), false) ==
        pairing::fits);  // SQLite has copied it
}

TEST_CASE("a log fits the file that announces it, and no other") {
  CHECK(storage::judge(found(2, 1), found(2, 2, 1), true) == pairing::fits);
  CHECK(storage::judge(found(2, 2), found(2, 2, 2), true) == pairing::fits);
  CHECK(storage::judge(found(1, 1), found(2, 2, 1), true) ==
        pairing::fits);  // killed before it was noted
  CHECK(storage::judge(found(1, 1), found(2, 2, 2), true) == pairing::log_of_another);
  CHECK(storage::judge(found(5, 4), found(2, 2, 1), true) == pairing::log_of_another);
  CHECK(storage::judge(found(2, 1), found(2, 1), true) ==
        pairing::log_is_missing);  // it holds nothing
  CHECK(storage::judge({true, std::nullopt}, found(0, 0), true) ==
        pairing::fits);  // the first of its kind
  CHECK(storage::judge({true, std::nullopt}, found(3, 3), true) == pairing::log_of_another);
  CHECK(storage::judge({false, std::nullopt}, found(3, 3), true) == pairing::fits);
}

TEST_CASE("a log over a copy that SQLite has made is another's") {
  const auto copy = found(2, 2, 1, schema, 1);
  CHECK(storage::judge(copy, found(2, 2, 2), true) == pairing::log_of_another);
  CHECK(storage::judge(copy, found(2, 2, 1, 1, 1), true) ==
        pairing::fits);  // its own server's first
}

TEST_CASE("what a kill leaves opens with all that was stored, at any moment") {
  const testing::temporary_directory folder;
  serving server(folder.path() / "rooms.db");
  const auto copy = folder.path() / "copy.db";
  server.copy_all(copy);
  for (int turn = 1; turn < 9; ++turn) {
    server.store(turn);
    server.copy_all(copy);
    CHECK(opened(copy) == "opened with " + std::to_string(turn));
    fs::remove(copy);
    fs::remove(copy.string() + "-wal");
  }
}

TEST_CASE("the file of a running server without its log is refused") {
  const testing::temporary_directory folder;
  serving server(folder.path() / "rooms.db");
  const auto copy = folder.path() / "copy.db";
  SECTION("just started") {}
  SECTION("something is stored") {
    server.store(1);
  }
  server.copy_file(copy);
  CHECK_THAT(opened(copy), Contains("without its log") && Contains("VACUUM INTO"));
  SQLite::Database by_hand(copy.string(), SQLite::OPEN_READWRITE);
  by_hand.exec("UPDATE begun_log SET mark = (SELECT mark FROM announced_log)");
  CHECK_THAT(opened(copy), Contains("opened with"));
}

TEST_CASE("the file of a server that is quiet is whole by itself") {
  const testing::temporary_directory folder;
  serving server(folder.path() / "rooms.db", 1);
  const auto copy = folder.path() / "copy.db";
  for (int turn = 1; turn < 4; ++turn) {
    server.store(turn);
    const auto wanted = "opened with " + std::to_string(turn);
    CHECK(testing::becomes_true([&] {
      fs::remove(copy);
      server.copy_file(copy);
      return opened(copy) == wanted;
    }));
  }
}

TEST_CASE("copies that SQLite has made of a running server's file open") {
  const testing::temporary_directory folder;
  serving server(folder.path() / "rooms.db");
  server.store(3);
  server.back_up(folder.path() / "backup.db");
  server.vacuum_into(folder.path() / "vacuum.db");
  CHECK(opened(folder.path() / "backup.db") == "opened with 3");
  CHECK(opened(folder.path() / "vacuum.db") == "opened with 3");
  CHECK(opened(folder.path() / "backup.db") == "opened with 3");
}

TEST_CASE("a backup beside the log of the file that it replaces is refused and left as it is") {
  const testing::temporary_directory folder;
  serving server(folder.path() / "rooms.db");
  const auto backup = folder.path() / "backup.db";
  server.store(3);
  SECTION("made by the backup API") {
    server.back_up(backup);
  }
  SECTION("made by VACUUM INTO") {
    server.vacuum_into(backup);
  }
  SECTION("copied after an orderly stop") {
    server.writer.reset();
    server.copy_file(backup);
    server.writer = std::make_unique<storage::group_writer>(testing::open_with_notes(server.file),
                                                            storage::group_writer_options());
  }
  server.store(5);
  const auto restored = folder.path() / "restored.db";
  fs::copy_file(backup, restored);
  server.copy("-wal", restored);
  CHECK_THAT(opened(restored), Contains("does not belong") && Contains("remove"));
  CHECK_THAT(opened(restored), Contains("does not belong"));
  fs::remove(restored.string() + "-wal");
  fs::remove(restored.string() + "-shm");
  CHECK(opened(restored) == "opened with 3");
}

TEST_CASE("a backup of a restored backup is known from the file whose log it lies beside") {
  const testing::temporary_directory folder;
  const auto first = folder.path() / "first.db";
  {
    serving original(folder.path() / "rooms.db");
    original.store(3);
    original.back_up(first);
  }
  serving server(first);
  server.store(4);
  server.back_up(folder.path() / "second.db");
  server.store(5);
  const auto restored = folder.path() / "restored.db";
  fs::copy_file(folder.path() / "second.db", restored);
  server.copy("-wal", restored);
  CHECK_THAT(opened(restored), Contains("does not belong"));
}

TEST_CASE("a file that somebody has locked is not taken for one with another's log") {
  const testing::temporary_directory folder;
  serving server(folder.path() / "rooms.db");
  server.store(3);
  const auto copy = folder.path() / "copy.db";
  server.copy_all(copy);
  {
    SQLite::Database shell(copy.string(), SQLite::OPEN_READWRITE);
    shell.exec("PRAGMA locking_mode = EXCLUSIVE");
    shell.exec("BEGIN IMMEDIATE");
    CHECK_THAT(opened(copy), Contains("in use by another process"));
    shell.exec("ROLLBACK");
  }
  CHECK(opened(copy) == "opened with 3");
}

TEST_CASE("a file opens after its owner has changed the schema while the server ran") {
  const testing::temporary_directory folder;
  serving server(folder.path() / "rooms.db");
  const auto copy = folder.path() / "copy.db";
  SQLite::Database shell(server.file.string(), SQLite::OPEN_READWRITE, 5000);
  for (int turn = 1; turn < 4; ++turn) {
    shell.exec("CREATE TABLE mine" + std::to_string(turn) + " (x)");
    shell.exec("PRAGMA wal_checkpoint");
    server.store(turn);
    server.copy_all(copy);
    CHECK(opened(copy) == "opened with " + std::to_string(turn));
    for (const auto* end : {"", "-wal", "-shm"}) fs::remove(copy.string() + end);
  }
}

TEST_CASE("a log whose file has gone is not written over") {
  const testing::temporary_directory folder;
  serving server(folder.path() / "rooms.db");
  server.store(3);
  const auto copy = folder.path() / "copy.db";
  server.copy_all(copy);
  const bool is_cut = GENERATE(true, false);
  fs::rename(copy, folder.path() / "aside.db");
  if (is_cut) std::ofstream(copy).flush();
  CHECK_THAT(opened(copy), Contains("missing or empty") && Contains("-wal"));
  CHECK(fs::exists(copy) == is_cut);
  fs::rename(folder.path() / "aside.db", copy);
  CHECK(opened(copy) == "opened with 3");
}

TEST_CASE("a refused copy leaves no file behind") {
  const testing::temporary_directory folder;
  serving server(folder.path() / "rooms.db");
  const auto copy = folder.path() / "copy.db";
  server.copy_file(copy);
  CHECK_THAT(opened(copy), Contains("without its log"));
  CHECK_FALSE(fs::exists(copy.string() + "-wal"));
  CHECK_FALSE(fs::exists(copy.string() + "-shm"));
}

TEST_CASE("an empty file with a log of its own is a copy that lacks it") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  {
    SQLite::Database made(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    made.exec("PRAGMA journal_mode = WAL");
  }
  CHECK_THAT(opened(file), Contains("is empty") && Contains("-wal"));
}
