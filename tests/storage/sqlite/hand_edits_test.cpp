#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>

#include "storage/sqlite/group_writer.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/object_reader.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/wait.hpp"

using namespace innkeeper;
using Catch::Matchers::Contains;
using storage::commit_outcome;
using storage::hand_edit;
using storage::hand_edits;

namespace {

namespace fs = std::filesystem;

const storage::table counters{"room_counters", {"counter"}, {"value"}};
const storage::table states{
    "room_states", {}, {"config", "increment", "bytes", "sessions", "written_ms"}};
const storage::table sessions{
    "room_sessions",
    {"session"},
    {"suffix", "properties", "subscriptions", "last_seen_ms", "kept", "seen_at_ms"}};
const storage::table votes{"room_votes", {"poll", "session"}, {"answer"}};
const storage::table tallies{"room_tallies", {"poll", "answer"}, {"votes"}};

storage::write_batch batch_of(std::int64_t object, std::uint64_t instance = 1) {
  storage::write_batch batch;
  batch.object = object;
  batch.instance = instance;
  return batch;
}

/// A room with a counter, two sessions and two polls.
storage::write_batch room(std::int64_t number, const std::string& name,
                          std::uint64_t instance = 1) {
  auto batch = batch_of(number, instance);
  batch.creation = storage::object_record{"room", name, "00", 1};
  using i = std::int64_t;
  batch.put(states, {}, {"config of " + name, i{2}, i{0}, i{2}, i{1}});
  for (const auto* session : {"ann", "bob"}) {
    batch.put(sessions, {session}, {i{1}, "{}", storage::value(), i{1000}, i{1}, i{1000}});
    batch.put(votes, {"lunch", session}, {"cake"});
  }
  batch.put(votes, {"music", "bob"}, {"jazz"});
  batch.put(tallies, {"lunch", "cake"}, {i{2}});
  batch.put(tallies, {"music", "jazz"}, {i{1}});
  batch.put(counters, {"visits"}, {"5"});
  return batch;
}

/// A server's writer, and the shell of somebody who changes its file.
struct edited_file {
  explicit edited_file(bool foreign_keys = false) {
    storage::group_writer_options options;
    options.next_instance = [this] { return next_instance.load(); };
    options.on_hand_edits = [this](const storage::found_edits& found) {
      const std::lock_guard lock(mutex);
      heard.insert(heard.end(), found.all.begin(), found.all.end());
      last_object = found.last_object;
    };
    auto opened = storage::database::open(file);
    REQUIRE(opened.has_value());
    writer = std::make_unique<storage::group_writer>(std::move(*opened), options);
    REQUIRE(write(room(1, "lobby")) == commit_outcome::committed);
    REQUIRE(write(room(2, "attic")) == commit_outcome::committed);
    shell = std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READWRITE, 5000);
    if (foreign_keys) shell->exec("PRAGMA foreign_keys = ON");
  }

  commit_outcome write(storage::write_batch batch) const {
    std::promise<commit_outcome> outcome;
    writer->submit(std::move(batch), [&](commit_outcome o) { outcome.set_value(o); });
    return outcome.get_future().get();
  }
  std::string refusal(const std::string& sql) const {
    try {
      shell->exec(sql);
    } catch (const SQLite::Exception& error) {
      return error.what();
    }
    return "done";
  }
  std::int64_t number(const std::string& sql) const { return shell->execAndGet(sql).getInt64(); }
  /// What the server has been told, once it has looked.
  hand_edits edits() {
    REQUIRE(
        testing::becomes_true([this] { return number("SELECT count(*) FROM hand_edits") == 0; }));
    const std::lock_guard lock(mutex);
    return heard;
  }

  testing::temporary_directory folder;
  fs::path file = folder.path() / "rooms.db";
  std::atomic<std::uint64_t> next_instance{2};
  std::mutex mutex;
  hand_edits heard;
  std::int64_t last_object = 0;
  std::unique_ptr<storage::group_writer> writer;
  std::unique_ptr<SQLite::Database> shell;
};

}  // namespace

TEST_CASE("each documented edit is heard of, by object, kind and name") {
  edited_file its;
  const auto [sql, wanted] = GENERATE(table<std::string, hand_edits>({
      {"UPDATE rooms SET config = 'by hand' WHERE name = 'lobby'", {{1, "config", ""}}},
      {"DELETE FROM polls WHERE room = 'lobby' AND poll = 'lunch'", {{1, "poll", "lunch"}}},
      {"DELETE FROM poll_results WHERE room = 'lobby' AND poll = 'lunch'", {{1, "poll", "lunch"}}},
      {"DELETE FROM votes WHERE room = 'lobby' AND session = 'ann'", {{1, "poll", "lunch"}}},
      {"UPDATE counters SET value = '100' WHERE room = 'lobby'", {{1, "counter", "visits"}}},
      {"DELETE FROM counters WHERE room = 'attic'", {{2, "counter", "visits"}}},
      {"DELETE FROM sessions WHERE room = 'lobby' AND session = 'ann'", {{1, "session", "ann"}}},
      {"DELETE FROM rooms WHERE name = 'lobby'", {{1, "object", ""}}},
  }));
  INFO(sql);
  REQUIRE(its.refusal(sql) == "done");
  // The shell sees the commit before the disk has it, and the server is told after that.
  CHECK(testing::becomes_true([&its, &heard = wanted] { return its.edits() == heard; }));
}

TEST_CASE("what the server writes itself is no edit, and a checkpoint by somebody else is none") {
  edited_file its;
  its.shell->exec("PRAGMA wal_checkpoint");
  its.shell->exec("CREATE TABLE mine (x)");
  auto batch = batch_of(1);
  batch.put(counters, {"visits"}, {"6"});
  REQUIRE(its.write(std::move(batch)) == commit_outcome::committed);
  CHECK(its.edits().empty());
}

TEST_CASE("a deleted room leaves no row behind, with foreign keys on and off") {
  edited_file its(GENERATE(false, true));
  its.shell->exec("DELETE FROM rooms WHERE name = 'lobby'");
  for (const auto* each : {"room_states", "room_sessions", "room_votes", "room_tallies",
                           "room_counters", "room_used_keys", "object_values"}) {
    INFO(each);
    CHECK(its.number("SELECT count(*) FROM " + std::string(each) + " WHERE object = 1") == 0);
  }
  CHECK(its.number("SELECT count(*) FROM room_votes WHERE object = 2") == 3);
  CHECK(its.number("SELECT number FROM last_object") == 2);
}

TEST_CASE("tallies follow votes, whatever is done to them") {
  edited_file its;
  const std::string counted =
      "SELECT object, poll, answer, count(*) FROM room_votes GROUP BY 1, 2, 3";
  const std::string kept = "SELECT object, poll, answer, votes FROM room_tallies";
  const auto sound = [&] {
    return its.number("SELECT count(*) FROM (" + kept + " EXCEPT " + counted + ")") == 0 &&
           its.number("SELECT count(*) FROM (" + counted + " EXCEPT " + kept + ")") == 0;
  };
  for (const auto* sql :
       {"DELETE FROM room_votes WHERE object = 1 AND session = 'ann'",
        "INSERT INTO room_votes VALUES (1, 'lunch', 'ann', 'pie'), (1, 'lunch', 'eve', 'pie')",
        "UPDATE room_votes SET answer = 'pie' WHERE object = 1 AND session = 'bob'",
        "UPDATE room_votes SET poll = 'dinner' WHERE object = 1 AND session = 'ann'",
        "DELETE FROM room_tallies WHERE object = 1 AND answer = 'pie'", "DELETE FROM room_votes"}) {
    INFO(sql);
    REQUIRE(its.refusal(sql) == "done");
    CHECK(sound());
  }
}

TEST_CASE("the server counts anew what an edit passes by the triggers") {
  edited_file its;
  its.shell->exec("INSERT OR REPLACE INTO room_votes VALUES (1, 'lunch', 'ann', 'pie')");
  its.edits();
  CHECK(its.number("SELECT votes FROM polls WHERE room = 'lobby' AND answer = 'cake'") == 1);
  CHECK(its.number("SELECT votes FROM polls WHERE room = 'lobby' AND answer = 'pie'") == 1);
  CHECK(its.number("SELECT sessions FROM rooms WHERE name = 'lobby'") == 2);
  // "config of lobby", two of "ann{}", "lunch" and an answer twice, and so on: as migration 3
  // counts
  CHECK(its.number("SELECT bytes FROM rooms WHERE name = 'lobby'") > 100);
}

TEST_CASE("an edit that would break a room is refused in words") {
  edited_file its;
  const auto [sql, words] = GENERATE(table<std::string, std::string>({
      {"UPDATE counters SET value = 'many'", "decimal number"},
      {"UPDATE counters SET value = '1e3'", "decimal number"},
      {"UPDATE counters SET value = ''", "decimal number"},
      {"UPDATE counters SET value = '--1'", "decimal number"},
      {"UPDATE counters SET value = '1234567890123456789012'", "decimal number"},
      {"UPDATE counters SET value = '0.1234567890123456789012345678901234'", "decimal number"},
      {"UPDATE counters SET value = '5' || char(0)", "decimal number"},
      {"UPDATE rooms SET config = CAST(zeroblob(1000001) AS TEXT)", "1,000,000 bytes"},
      {"UPDATE counters SET counter = 'x'", "only the value"},
      {"UPDATE counters SET number = 7", "only the value"},
      {"UPDATE rooms SET name = 'x' WHERE name = 'lobby'", "only the config"},
      {"UPDATE rooms SET increment = 0", "only the config"},
      {"UPDATE room_tallies SET votes = 1000", "counted from room_votes"},
      {"INSERT INTO room_tallies VALUES (1, 'x', 'y', 3)", "counted from room_votes"},
      {"UPDATE room_sessions SET properties = 'no JSON'", "JSON object"},
      {"UPDATE room_sessions SET properties = '[1]'", "JSON object"},
      {"UPDATE objects SET id = 9 WHERE id = 1", "keeps its number"},
  }));
  INFO(sql);
  CHECK_THAT(its.refusal(sql), Contains(words));
  CHECK(its.edits().empty());
}

TEST_CASE("a batch made in ignorance of an edit is not stored, and all others are") {
  edited_file its;
  its.shell->exec("UPDATE counters SET value = '100' WHERE room = 'lobby'");
  auto ignorant = batch_of(1, 1);
  ignorant.put(counters, {"visits"}, {"6"});
  CHECK(its.write(std::move(ignorant)) == commit_outcome::edited);
  auto other = batch_of(2, 1);
  other.put(counters, {"visits"}, {"6"});
  CHECK(its.write(std::move(other)) == commit_outcome::committed);
  auto late = batch_of(1, 1);
  late.put(counters, {"visits"}, {"7"});
  CHECK(its.write(std::move(late)) != commit_outcome::committed);
  auto afresh = batch_of(1, 2);
  afresh.put(counters, {"visits"}, {"101"});
  CHECK(its.write(std::move(afresh)) == commit_outcome::committed);
  CHECK(its.number("SELECT value FROM counters WHERE room = 'lobby'") == 101);
  CHECK(its.edits() == hand_edits{{1, "counter", "visits"}});
}

TEST_CASE("a number that somebody has used by hand is not given to another object") {
  edited_file its;
  its.shell->exec(
      "INSERT INTO objects (id, kind, name, object_id, created_ms) VALUES (3, 'room', 'x', '', 1)");
  CHECK(its.write(room(3, "new")) == commit_outcome::edited);
  CHECK(its.write(room(3, "newer", 2)) == commit_outcome::rejected);
  CHECK(its.number("SELECT count(*) FROM room_counters WHERE object = 3") == 0);
  CHECK(its.edits() == hand_edits{{3, "object", ""}});
  CHECK(its.last_object == 3);
  CHECK(its.write(room(4, "new")) == commit_outcome::committed);
}

TEST_CASE("edits made while no server runs are counted and forgotten at the start") {
  edited_file its;
  its.writer.reset();
  its.shell->exec("DELETE FROM sessions WHERE session = 'ann'");
  its.shell->exec("INSERT OR REPLACE INTO room_votes VALUES (1, 'lunch', 'bob', 'pie')");
  auto opened = storage::database::open(its.file);
  REQUIRE(opened.has_value());
  const storage::group_writer writer(std::move(*opened), {});
  CHECK(its.number("SELECT count(*) FROM hand_edits") == 0);
  CHECK(its.number("SELECT votes FROM polls WHERE room = 'lobby' AND answer = 'pie'") == 1);
  CHECK(its.number("SELECT sessions FROM rooms WHERE name = 'lobby'") == 1);
}

TEST_CASE("a file with rows that belong to nobody loses them, and their numbers are used up") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  {
    SQLite::Database old(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (int i = 0; i < 3; ++i) {
      old.exec(std::string(storage::migrations()[static_cast<std::size_t>(i)]));
    }
    old.exec("PRAGMA application_id = " + std::to_string(storage::application_id));
    old.exec("PRAGMA user_version = 3");
    old.exec(
        "INSERT INTO objects (id, kind, name, object_id, created_ms)"
        " VALUES (1, 'room', 'lobby', '', 1)");
    old.exec("INSERT INTO room_states VALUES (1, 'kept', 1, 0, 0), (9, 'leaked', 1, 0, 0)");
    old.exec("INSERT INTO room_sessions VALUES (9, 'boss', 1, '{}', NULL, 1, 1)");
    old.exec("INSERT INTO room_votes VALUES (9, 'dismiss', 'boss', 'yes')");
    old.exec("INSERT INTO room_counters VALUES (9, 'salary', '99000')");
  }
  auto opened = storage::database::open(file);
  REQUIRE(opened.has_value());
  CHECK(storage::last_object_number(*opened).value() == 9);
  for (const auto* each : {"room_states", "room_sessions", "room_votes", "room_counters"}) {
    const auto sql = "SELECT count(*) FROM " + std::string(each) + " WHERE object = 9";
    CHECK(opened->connection().execAndGet(sql).getInt64() == 0);
  }
  CHECK(opened->connection().execAndGet("SELECT config FROM rooms").getString() == "kept");
}

TEST_CASE("the views look rooms up by their names, and show counters as numbers too") {
  edited_file its;
  auto batch = batch_of(1, 5);
  for (const auto* value : {"10", "9", "-1", "2.5"}) batch.put(counters, {value}, {value});
  REQUIRE(its.write(std::move(batch)) == commit_outcome::committed);
  SQLite::Statement sorted(*its.shell,
                           "SELECT group_concat(value, ' ') FROM (SELECT value FROM counters"
                           " WHERE room = 'lobby' ORDER BY number)");
  REQUIRE(sorted.executeStep());
  CHECK(sorted.getColumn(0).getString() == "-1 2.5 5 9 10");
  for (const auto* view : {"rooms", "sessions", "polls", "votes", "counters"}) {
    SQLite::Statement plan(*its.shell,
                           "EXPLAIN QUERY PLAN SELECT * FROM " + std::string(view) + " WHERE " +
                               (std::string(view) == "rooms" ? "name" : "room") + " = 'lobby'");
    while (plan.executeStep()) {
      INFO(view << ": " << plan.getColumn(3).getString());
      CHECK_THAT(plan.getColumn(3).getString(), !Contains("SCAN"));
    }
  }
}
