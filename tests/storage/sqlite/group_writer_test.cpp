#include "storage/sqlite/group_writer.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "tests/storage/sample_rows.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/wait.hpp"

using namespace innkeeper;
using namespace std::chrono_literals;
using storage::commit_outcome;

namespace {

/// Outcomes in the order in which the writer gave them.
class ledger {
 public:
  storage::commit_callback expecting(std::string name) {
    return [this, name = std::move(name)](commit_outcome outcome) {
      const std::lock_guard lock(mutex_);
      given_.emplace_back(name, outcome);
      changed_.notify_all();
    };
  }

  std::vector<std::pair<std::string, commit_outcome>> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(
        changed_.wait_for(lock, std::chrono::seconds(30), [&] { return given_.size() >= count; }));
    return given_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, commit_outcome>> given_;
};

std::int64_t count_notes(const std::filesystem::path& file) {
  SQLite::Database connection(file.string(), SQLite::OPEN_READONLY);
  return connection.execAndGet("SELECT count(*) FROM notes").getInt64();
}

/// Keeps the writer busy until told, so that what is submitted meanwhile gathers.
class plug {
 public:
  storage::commit_callback callback() {
    return [this](commit_outcome) {
      std::unique_lock lock(mutex_);
      busy_ = true;
      changed_.notify_all();
      changed_.wait(lock, [this] { return open_; });
    };
  }
  void wait_until_busy() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return busy_; });
  }
  void pull() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool busy_ = false;
  bool open_ = false;
};

}  // namespace

TEST_CASE("a committed batch can be read by others before the writer says so") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  storage::group_writer writer(testing::open_with_notes(file), {});
  auto batch = testing::first_batch(1);
  testing::put_note(batch, "a", "b", 1);
  std::int64_t seen = 0;
  std::promise<void> done;
  writer.submit(std::move(batch), [&](commit_outcome) {
    seen = count_notes(file);
    done.set_value();
  });
  done.get_future().wait();
  CHECK(seen == 1);
}

TEST_CASE("batches that arrive during a commit go into the next one together, in order") {
  const testing::temporary_directory folder;
  std::vector<std::size_t> sizes;
  storage::group_writer_options options;
  options.on_commit = [&](std::size_t batches) { sizes.push_back(batches); };
  ledger given;
  plug busy;
  {
    storage::group_writer writer(testing::open_with_notes(folder.path() / "rooms.db"), options);
    writer.submit(testing::first_batch(1), busy.callback());
    busy.wait_until_busy();
    for (int i = 2; i <= 6; ++i) {
      auto batch = testing::first_batch(i);
      testing::put_note(batch, "a", "b", 1);
      writer.submit(std::move(batch), given.expecting(std::to_string(i)));
    }
    busy.pull();
    const auto outcomes = given.wait_for(5);
    for (int i = 0; i < 5; ++i) {
      CHECK(outcomes[static_cast<std::size_t>(i)].first == std::to_string(i + 2));
    }
  }
  CHECK(sizes == std::vector<std::size_t>{1, 5});
}

TEST_CASE("a commit takes no further batch once it has its rows") {
  const testing::temporary_directory folder;
  std::vector<std::size_t> sizes;
  storage::group_writer_options options;
  options.rows_per_commit_max = 4;
  options.on_commit = [&](std::size_t batches) { sizes.push_back(batches); };
  ledger given;
  plug busy;
  {
    storage::group_writer writer(testing::open_with_notes(folder.path() / "rooms.db"), options);
    writer.submit(testing::first_batch(1), busy.callback());
    busy.wait_until_busy();
    for (int i = 2; i <= 6; ++i) {
      auto batch = testing::first_batch(i);
      testing::put_note(batch, "a", "b", 1);
      testing::put_note(batch, "a", "c", 1);
      writer.submit(std::move(batch), given.expecting(std::to_string(i)));
    }
    busy.pull();
    given.wait_for(5);
  }
  CHECK(sizes == std::vector<std::size_t>{1, 2, 2, 1});
}

TEST_CASE("a batch at fault is rejected whole and takes nobody else's with it") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  ledger given;
  plug busy;
  storage::group_writer writer(testing::open_with_notes(file), {});
  writer.submit(testing::first_batch(9), busy.callback());
  busy.wait_until_busy();
  auto good = testing::first_batch(1);
  testing::put_note(good, "a", "b", 1);
  auto bad = testing::first_batch(2);
  testing::put_note(bad, "a", "fine", 1);
  testing::put_note(bad, "a", "too many stars", 10);
  auto also_good = testing::first_batch(3);
  testing::put_note(also_good, "a", "b", 1);
  writer.submit(std::move(good), given.expecting("good"));
  writer.submit(std::move(bad), given.expecting("bad"));
  writer.submit(std::move(also_good), given.expecting("also good"));
  busy.pull();
  const auto outcomes = given.wait_for(3);
  CHECK(outcomes[0] == std::pair(std::string("good"), commit_outcome::committed));
  CHECK(outcomes[1] == std::pair(std::string("bad"), commit_outcome::rejected));
  CHECK(outcomes[2] == std::pair(std::string("also good"), commit_outcome::committed));
  CHECK(count_notes(file) == 2);
}

TEST_CASE("of many rows that go by one statement only the fault's batch is rejected") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  constexpr int objects = 40;
  constexpr int at_fault = 13;
  ledger given;
  plug busy;
  storage::group_writer writer(testing::open_with_notes(file), {});
  writer.submit(testing::first_batch(objects + 1), busy.callback());
  busy.wait_until_busy();
  for (int i = 1; i <= objects; ++i) {
    auto batch = testing::first_batch(i);
    testing::put_note(batch, "a", "b", i == at_fault ? 10 : 1);
    writer.submit(std::move(batch), given.expecting(std::to_string(i)));
  }
  busy.pull();
  for (const auto& [object, outcome] : given.wait_for(objects)) {
    CAPTURE(object);
    const bool is_bad = object == std::to_string(at_fault);
    CHECK(outcome == (is_bad ? commit_outcome::rejected : commit_outcome::committed));
  }
  CHECK(count_notes(file) == objects - 1);
}

TEST_CASE("rows of one batch are put and erased in order, however often and however many") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  constexpr int keys = 21;
  {
    storage::group_writer writer(testing::open_with_notes(file), {});
    auto batch = testing::first_batch(1);
    for (int i = 0; i < 2 * keys; ++i) {
      testing::put_note(batch, "a", std::to_string(i % keys), 1, std::to_string(i));
    }
    batch.erase(testing::notes, {"a", "0"});
    batch.erase(testing::notes, {"a", "1"});
    testing::put_note(batch, "a", "1", 1, "once more");
    REQUIRE(testing::write(writer, std::move(batch)) == commit_outcome::committed);
  }
  SQLite::Database connection(file.string(), SQLite::OPEN_READONLY);
  SQLite::Statement stored(connection, "SELECT title, text FROM notes");
  std::map<std::string, std::string> texts;
  while (stored.executeStep()) texts[stored.getColumn(0)] = stored.getColumn(1).getString();
  std::map<std::string, std::string> wanted{{"1", "once more"}};
  for (int i = 2; i < keys; ++i) wanted[std::to_string(i)] = std::to_string(i + keys);
  CHECK(texts == wanted);
}

TEST_CASE("rows of tables that refer to each other go in the order of the batch") {
  const storage::table parents{"parents", {"name"}, {"text"}};
  const storage::table children{"children", {"name"}, {"parent"}};
  const testing::temporary_directory folder;
  auto opened = testing::open_with_notes(folder.path() / "rooms.db");
  opened.connection().exec(
      "CREATE TABLE parents (object INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,"
      " PRIMARY KEY (object, name)) STRICT, WITHOUT ROWID;"
      "CREATE TABLE children (object INTEGER NOT NULL, name TEXT NOT NULL, parent TEXT NOT NULL,"
      " PRIMARY KEY (object, name), FOREIGN KEY (object, parent) REFERENCES parents (object, name))"
      " STRICT, WITHOUT ROWID");
  storage::group_writer writer(std::move(opened), {});
  auto first = testing::first_batch(1);
  first.put(parents, {"p"}, {"x"});
  first.put(children, {"c"}, {"p"});
  REQUIRE(testing::write(writer, std::move(first)) == commit_outcome::committed);
  auto alone = testing::first_batch(1);
  alone.put(children, {"d"}, {"p"});
  REQUIRE(testing::write(writer, std::move(alone)) == commit_outcome::committed);
  auto moving = testing::first_batch(1);
  for (const auto* name : {"q", "r", "s", "t"}) moving.put(parents, {name}, {"x"});
  for (const auto* name : {"c", "d"}) moving.put(children, {name}, {"t"});
  moving.erase(parents, {"p"});
  CHECK(testing::write(writer, std::move(moving)) == commit_outcome::committed);
}

TEST_CASE("what an instance sends behind a rejected batch is rejected until it starts afresh") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  storage::group_writer writer(testing::open_with_notes(file), {});
  auto bad = testing::first_batch(1, 7);
  testing::put_note(bad, "a", "too many stars", 10);
  CHECK(testing::write(writer, std::move(bad)) == commit_outcome::rejected);
  auto behind = testing::first_batch(1, 7);
  testing::put_note(behind, "a", "b", 1);
  CHECK(testing::write(writer, std::move(behind)) == commit_outcome::rejected);
  auto fresh = testing::first_batch(1, 8);
  testing::put_note(fresh, "a", "b", 1);
  CHECK(testing::write(writer, std::move(fresh)) == commit_outcome::committed);
  CHECK(count_notes(file) == 1);
}

TEST_CASE("the writer forgets a failure once the instance knows of it") {
  const testing::temporary_directory folder;
  storage::group_writer writer(testing::open_with_notes(folder.path() / "rooms.db"), {});
  auto bad = testing::first_batch(1, 7);
  testing::put_note(bad, "a", "too many stars", 10);
  REQUIRE(testing::write(writer, std::move(bad)) == commit_outcome::rejected);
  writer.acknowledge_failure(1, 6);  // of an earlier failure
  CHECK(testing::write(writer, testing::first_batch(1, 7)) == commit_outcome::rejected);
  writer.acknowledge_failure(1, 7);
  testing::write(writer, testing::first_batch(2));  // what is behind it comes in a later group
  CHECK(testing::write(writer, testing::first_batch(1, 7)) == commit_outcome::committed);
}

TEST_CASE("erasing takes exactly the row with this key") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  storage::group_writer writer(testing::open_with_notes(file), {});
  auto batch = testing::first_batch(1);
  testing::put_note(batch, "a", "b", 1);
  testing::put_note(batch, "a", "c", 1);
  REQUIRE(testing::write(writer, std::move(batch)) == commit_outcome::committed);
  auto erasing = testing::first_batch(1);
  erasing.erase(testing::notes, {"a", "b"});
  REQUIRE(testing::write(writer, std::move(erasing)) == commit_outcome::committed);
  CHECK(count_notes(file) == 1);
}

TEST_CASE("the writer checkpoints by itself, so that the log does not grow for ever") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  storage::group_writer_options options;
  options.checkpoint_pages = 20;
  options.log_step_bytes = std::int64_t{64} * 1024;
  storage::group_writer writer(testing::open_with_notes(file), options);
  const std::string page(4000, 'x');
  for (int i = 0; i < 400; ++i) {
    auto batch = testing::first_batch(1);
    testing::put_note(batch, "a", "b", 1, page + std::to_string(i));
    REQUIRE(testing::write(writer, std::move(batch)) == commit_outcome::committed);
  }
  auto log = file;
  log += "-wal";
  CHECK(std::filesystem::file_size(log) < std::uintmax_t{400} * 4096);
}

TEST_CASE("the writer says once that nothing comes, and again when something has come") {
  const testing::temporary_directory folder;
  std::atomic<int> rests = 0;
  storage::group_writer_options options;
  options.at_rest = [&] { ++rests; };
  storage::group_writer writer(testing::open_with_notes(folder.path() / "rooms.db"), options);
  for (int round = 1; round <= 3; ++round) {
    CHECK(testing::becomes_true([&] { return rests == round; }));
    std::this_thread::sleep_for(200ms);
    CHECK(rests == round);
    writer.submit(testing::first_batch(round), [](commit_outcome) {});
  }
}

TEST_CASE("stopping commits what was submitted before") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  {
    storage::group_writer writer(testing::open_with_notes(file), {});
    for (int i = 1; i <= 50; ++i) {
      auto batch = testing::first_batch(i);
      testing::put_note(batch, "a", "b", 1);
      writer.submit(std::move(batch), [](commit_outcome) {});
    }
  }
  CHECK(count_notes(file) == 50);
}

TEST_CASE("the writer says that it is behind one batch over the bound, until half is committed") {
  const testing::temporary_directory folder;
  storage::group_writer_options options;
  options.waiting_batches_max = 4;
  options.rows_per_commit_max = 1;
  ledger given;
  plug busy;
  plug nearly_done;
  storage::group_writer writer(testing::open_with_notes(folder.path() / "rooms.db"), options);
  const auto submit = [&](std::int64_t object, storage::commit_callback done) {
    auto batch = testing::first_batch(object);
    testing::put_note(batch, "a", "b", 1);
    writer.submit(std::move(batch), std::move(done));
  };
  submit(1, busy.callback());
  busy.wait_until_busy();  // it counts until it is settled
  for (int i = 2; i <= 4; ++i) submit(i, given.expecting(std::to_string(i)));
  CHECK_FALSE(writer.is_behind());
  submit(5, nearly_done.callback());
  CHECK(writer.is_behind());
  busy.pull();
  nearly_done.wait_until_busy();
  CHECK_FALSE(writer.is_behind());
  nearly_done.pull();
  writer.stop();
}

TEST_CASE("the writer says that it is behind one byte over the bound") {
  const testing::temporary_directory folder;
  auto batch = testing::first_batch(2);
  testing::put_note(batch, "a", "b", 1, std::string(10'000, 'x'));
  storage::group_writer_options options;
  options.waiting_bytes_max = testing::first_batch(1).bytes() + batch.bytes();
  plug busy;
  storage::group_writer writer(testing::open_with_notes(folder.path() / "rooms.db"), options);
  writer.submit(testing::first_batch(1), busy.callback());
  busy.wait_until_busy();
  writer.submit(batch, [](commit_outcome) {});
  CHECK_FALSE(writer.is_behind());
  writer.submit(testing::first_batch(3), [](commit_outcome) {});
  CHECK(writer.is_behind());
  busy.pull();
  writer.stop();
  CHECK_FALSE(writer.is_behind());
}

TEST_CASE("a batch weighs its texts and what every value takes") {
  storage::write_batch batch;
  const auto empty = batch.bytes();
  testing::put_note(batch, "topic", "title", 1, "text");
  const auto four_values = sizeof(storage::row_write) + 4 * sizeof(storage::value);
  CHECK(batch.bytes() == empty + four_values + 14);
}

TEST_CASE("while another process locks the file for too long, all that waits is given back") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  storage::group_writer_options options;
  options.foreign_lock_max_ms = 20;
  options.rows_per_commit_max = 1;
  ledger given;
  storage::group_writer writer(testing::open_with_notes(file), options);
  SQLite::Database foreign(file.string(), SQLite::OPEN_READWRITE);
  foreign.setBusyTimeout(10'000);
  foreign.exec("BEGIN IMMEDIATE");
  for (int i = 1; i <= 3; ++i) {
    auto batch = testing::first_batch(i);
    testing::put_note(batch, "a", "b", 1);
    writer.submit(std::move(batch), given.expecting(std::to_string(i)));
  }
  for (const auto& [name, outcome] : given.wait_for(3)) CHECK(outcome == commit_outcome::locked);
  foreign.exec("ROLLBACK");
  auto behind = testing::first_batch(1);
  testing::put_note(behind, "a", "b", 1);
  CHECK(testing::write(writer, std::move(behind)) == commit_outcome::rejected);
  auto fresh = testing::first_batch(1, 2);
  testing::put_note(fresh, "a", "b", 1);
  CHECK(testing::write(writer, std::move(fresh)) == commit_outcome::committed);
  CHECK(count_notes(file) == 1);
}

TEST_CASE("a commit takes no further batch once it has its bytes, and a larger one goes alone") {
  const testing::temporary_directory folder;
  std::vector<std::size_t> sizes;
  storage::group_writer_options options;
  options.on_commit = [&](std::size_t batches) { sizes.push_back(batches); };
  const auto acknowledgement_of = [](std::int64_t object, std::size_t bytes) {
    auto batch = testing::first_batch(object);
    testing::put_note(batch, "a", "b", 1, std::string(bytes, 'x'));
    return batch;
  };
  options.bytes_per_commit_max = acknowledgement_of(1, 10'000).bytes() * 2;
  ledger given;
  plug busy;
  {
    storage::group_writer writer(testing::open_with_notes(folder.path() / "rooms.db"), options);
    writer.submit(testing::first_batch(1), busy.callback());
    busy.wait_until_busy();
    for (int i = 2; i <= 6; ++i)
      writer.submit(acknowledgement_of(i, 10'000), given.expecting("small"));
    writer.submit(acknowledgement_of(7, 50'000), given.expecting("large"));
    writer.submit(acknowledgement_of(8, 1), given.expecting("last"));
    busy.pull();
    given.wait_for(7);
  }
  CHECK(sizes == std::vector<std::size_t>{1, 2, 2, 1, 1, 1});
}

TEST_CASE("nothing is acknowledged any more once the file or its log is not in its place") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  storage::group_writer_options options;
  std::promise<std::string> told;
  options.on_file_gone = [&](const std::string& sentence) { told.set_value(sentence); };
  storage::group_writer writer(testing::open_with_notes(file), options);
  REQUIRE(testing::write(writer, testing::first_batch(1)) == commit_outcome::committed);
  const auto [what, how] = GENERATE(table<std::string, std::string>({{"", "deleted"},
                                                                     {"", "moved"},
                                                                     {"", "replaced"},
                                                                     {"-wal", "deleted"},
                                                                     {"-wal", "replaced"},
                                                                     {"-shm", "deleted"}}));
  INFO(what << " " << how);
  const auto gone = file.string() + what;
  if (how == "deleted") std::filesystem::remove(gone);
  if (how == "moved") std::filesystem::rename(gone, folder.path() / "moved");
  if (how == "replaced") {
    std::filesystem::copy_file(gone, folder.path() / "copy");
    std::filesystem::rename(folder.path() / "copy", gone);
  }
  const bool at_work = GENERATE(true, false);
  if (at_work) {
    CHECK(testing::write(writer, testing::first_batch(2)) == commit_outcome::io_error);
  }
  const auto sentence = told.get_future().get();  // in idle times too
  CHECK_THAT(sentence, Catch::Contains(gone) && Catch::Contains("is not in its place"));
  CHECK(options.health->is_on(health::reason::file_gone));
  CHECK(testing::write(writer, testing::first_batch(3)) == commit_outcome::io_error);
}

TEST_CASE("a failure is told of, and that it is over") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  storage::group_writer_options options;
  options.foreign_lock_max_ms = 1;
  storage::group_writer writer(testing::open_with_notes(file), options);
  SQLite::Database other(file.string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  CHECK(testing::write(writer, testing::first_batch(1)) == commit_outcome::locked);
  CHECK(options.health->is_on(health::reason::file_locked));
  CHECK_FALSE(options.health->is_ready());
  other.exec("COMMIT");
  // Nobody has anything to store: the writer tries by itself.
  CHECK(testing::becomes_true([&] { return options.health->is_ready(); }));
}

TEST_CASE("the writer stops when another file is copied over its own, or it is emptied") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  storage::group_writer_options options;
  std::promise<std::string> told;
  options.on_file_gone = [&](const std::string& sentence) { told.set_value(sentence); };
  storage::group_writer writer(testing::open_with_notes(file), options);
  REQUIRE(testing::write(writer, testing::first_batch(1)) == commit_outcome::committed);
  const auto copy = folder.path() / "copy.db";
  SQLite::Database(file.string(), SQLite::OPEN_READONLY)
      .exec("VACUUM INTO '" + copy.string() + "'");
  const bool empties = GENERATE(true, false);
  if (empties) {
    std::filesystem::resize_file(file, 0);
  } else {
    std::filesystem::copy_file(copy, file, std::filesystem::copy_options::overwrite_existing);
  }
  CHECK_THAT(told.get_future().get(), Catch::Contains("written over or cut"));
}

TEST_CASE("the writer bears a VACUUM and changes of the schema by others") {
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  storage::group_writer_options options;
  bool is_gone = false;
  options.on_file_gone = [&](const std::string&) { is_gone = true; };
  storage::group_writer writer(testing::open_with_notes(file), options);
  SQLite::Database shell(file.string(), SQLite::OPEN_READWRITE, 5000);
  const auto until = std::chrono::steady_clock::now() + 2500ms;
  for (int i = 0; std::chrono::steady_clock::now() < until; ++i) {
    shell.exec("CREATE TABLE mine" + std::to_string(i) + " (x)");
    shell.exec("PRAGMA wal_checkpoint");
    shell.exec("VACUUM");
    REQUIRE(testing::write(writer, testing::first_batch(i + 1)) == commit_outcome::committed);
  }
  CHECK_FALSE(is_gone);
}
