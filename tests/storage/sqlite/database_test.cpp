#include "storage/sqlite/database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "storage/sqlite/migrations.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace innkeeper;
using Catch::Matchers::Contains;
using storage::database;

namespace {

std::string refusal(const std::filesystem::path& file) {
  const auto opened = database::open(file);
  return opened ? "opened" : opened.error().sentence;
}

std::int64_t pragma(const std::filesystem::path& file, const std::string& name) {
  SQLite::Database connection(file.string(), SQLite::OPEN_READONLY);
  return connection.execAndGet("PRAGMA " + name).getInt64();
}

}  // namespace

TEST_CASE("a new file is ours, private and of the newest version") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  { REQUIRE(database::open(file).has_value()); }
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  CHECK(pragma(file, "application_id") == storage::application_id);
  CHECK(pragma(file, "user_version") == static_cast<std::int64_t>(storage::migrations().size()));
}

TEST_CASE("what is no file is refused in words, and nobody waits for it") {
  const testing::temporary_directory folder;
  const auto pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(refusal(pipe).find("is no file") != std::string::npos);
}

TEST_CASE("a file that is there already opens again") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  { REQUIRE(database::open(file).has_value()); }
  CHECK(refusal(file) == "opened");
}

TEST_CASE("a file of the first version keeps its rows and gets what is new") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  {
    SQLite::Database old(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    old.exec(std::string(storage::migrations().front()));
    old.exec("INSERT INTO objects VALUES (1, 'room', 'lobby', 'ab', 1700000000000)");
    old.exec("INSERT INTO room_states VALUES (1, 'cfg', 2)");
    old.exec("PRAGMA application_id = " + std::to_string(storage::application_id));
    old.exec("PRAGMA user_version = 1");
  }
  CHECK(refusal(file) == "opened");
  CHECK(pragma(file, "user_version") == static_cast<std::int64_t>(storage::migrations().size()));
  SQLite::Database now(file.string(), SQLite::OPEN_READONLY);
  CHECK(now.execAndGet("SELECT config FROM rooms WHERE alarm IS NULL").getString() == "cfg");
}

TEST_CASE("a connection syncs every commit and enforces foreign keys") {
  const testing::temporary_directory folder;
  auto opened = database::open(folder.path() / "rooms.db");
  REQUIRE(opened.has_value());
  auto& connection = opened->connection();
  CHECK(connection.execAndGet("PRAGMA synchronous").getInt() == 2);
  CHECK(connection.execAndGet("PRAGMA journal_mode").getString() == "wal");
  CHECK(connection.execAndGet("PRAGMA foreign_keys").getInt() == 1);
}

TEST_CASE("a file in use by another server is refused in words") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  const auto first = database::open(file);
  REQUIRE(first.has_value());
  CHECK_THAT(refusal(file), Contains("in use by another Innkeeper"));
}

TEST_CASE("a file that is no database is refused in words and left as it is") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "letter.txt";
  const std::string text(5000, 'x');
  std::ofstream(file) << text;
  CHECK_THAT(refusal(file), Contains("is not an SQLite database"));
  std::ifstream after(file);
  CHECK(std::string{std::istreambuf_iterator<char>(after), {}} == text);
}

TEST_CASE("a database of another program is refused in words and left as it is") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "other.db";
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE theirs (x)");
  CHECK_THAT(refusal(file), Contains("another program"));
  CHECK(pragma(file, "application_id") == 0);
}

TEST_CASE("a file of a newer version is refused in words") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  { REQUIRE(database::open(file).has_value()); }
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 4711");
  CHECK_THAT(refusal(file), Contains("newer Innkeeper (schema 4711"));
}

TEST_CASE("a file that another process has locked is refused in words") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  { REQUIRE(database::open(file).has_value()); }
  SQLite::Database other(file.string(), SQLite::OPEN_READWRITE);
  other.exec("PRAGMA locking_mode = EXCLUSIVE");
  other.exec("BEGIN EXCLUSIVE");
  CHECK_THAT(refusal(file), Contains("in use by another process"));
}

TEST_CASE("a folder that is not there is named") {
  const testing::temporary_directory folder;
  CHECK_THAT(refusal(folder.path() / "no" / "rooms.db"), Contains("No such file or directory"));
}

TEST_CASE("people read rooms, results, votes and counters with one plain select each") {
  const testing::temporary_directory folder;
  auto opened = database::open(folder.path() / "rooms.db");
  REQUIRE(opened.has_value());
  auto& connection = opened->connection();
  connection.exec(
      "INSERT INTO objects (id, kind, name, object_id, created_ms) VALUES (1, 'room', 'lobby', "
      "'ab', 1700000000000);"
      "INSERT INTO room_states (object, config, increment) VALUES (1, 'cfg', 2);"
      "INSERT INTO room_sessions (object, session, suffix, properties, subscriptions,"
      " last_seen_ms) VALUES (1, 's1', 1, '{}', NULL, 1700000000000);"
      "INSERT INTO room_tallies VALUES (1, 'lunch', 'soup', 2);"
      "INSERT INTO room_votes VALUES (1, 'lunch', 's1', 'soup'), (1, 'lunch', 's2', 'soup');"
      "INSERT INTO room_counters VALUES (1, 'visits', '2.61');");
  CHECK(connection.execAndGet("SELECT name || ' ' || created FROM rooms").getString() ==
        "lobby 2023-11-14T22:13:20.000Z");
  CHECK(connection.execAndGet("SELECT votes FROM poll_results WHERE room = 'lobby'").getInt() == 2);
  CHECK(connection.execAndGet("SELECT value FROM counters WHERE room = 'lobby'").getString() ==
        "2.61");
  CHECK(connection.execAndGet("SELECT count(*) FROM votes WHERE answer = 'soup'").getInt() == 2);
  CHECK(connection.execAndGet("SELECT answer FROM votes WHERE suffix = 1").getString() == "soup");
}
