#include "storage/sqlite/wal_preallocation.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "storage/sqlite/group_writer.hpp"
#include "tests/storage/sample_rows.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/wait.hpp"

using namespace innkeeper;
using storage::commit_outcome;
using namespace std::chrono_literals;

namespace {

constexpr std::uintmax_t step = std::uintmax_t{256} * 1024;
/// A page in the log, with its header.
constexpr std::uintmax_t page_bytes = 4096 + 24;

/// A writer, and the length of its log's file.
class written_log {
 public:
  explicit written_log(std::uintmax_t step_bytes = step) {
    options_.log_step_bytes = static_cast<std::int64_t>(step_bytes);
  }

  std::filesystem::path path() const { return folder_.path() / "rooms.db-wal"; }
  std::uintmax_t bytes() const { return std::filesystem::file_size(path()); }
  /// The first bytes of the log (sqlite.org/fileformat2.html#walformat).
  std::string head() const {
    std::string bytes(32, '\0');
    std::ifstream(path(), std::ios::binary).read(bytes.data(), 32);
    return bytes;
  }
  /// Waits for it.
  bool comes_to(std::uintmax_t least, std::chrono::milliseconds patience = 10s) const {
    return testing::becomes_true([&] { return bytes() >= least; }, patience);
  }
  SQLite::Database stranger() const {
    return {(folder_.path() / "rooms.db").string(), SQLite::OPEN_READWRITE};
  }

  /// As it is after an orderly end: all is in the file, and the log is empty.
  void prepare() {
    const auto path = folder_.path() / "rooms.db";
    static_cast<void>(testing::open_with_notes(path));
    file_.emplace(testing::open_with_notes(path));
  }
  void start() {
    if (!file_) prepare();
    writer_ = std::make_unique<storage::group_writer>(std::move(*file_), options_);
  }

  struct answer {
    commit_outcome outcome;
    std::uintmax_t log_bytes;
  };
  /// The length is taken before the writer can make more room.
  answer write(int text) {
    auto batch = testing::first_batch(1);
    testing::put_note(batch, "a", "b", 1, std::to_string(text));
    std::promise<answer> answered;
    writer_->submit(std::move(batch), [&](commit_outcome outcome) {
      answered.set_value({outcome, bytes()});
    });
    return answered.get_future().get();
  }

 private:
  testing::temporary_directory folder_;
  storage::group_writer_options options_;
  std::optional<storage::database> file_;
  std::unique_ptr<storage::group_writer> writer_;
};

}  // namespace

TEST_CASE("when nothing comes the log gets room, and need not grow with each commit") {
  written_log log;
  log.start();
  log.write(0);
  REQUIRE(log.comes_to(step));
  const auto bytes = log.write(1).log_bytes;  // by then all of it has been made
  constexpr int commits = 20;
  for (int i = 2; i <= commits; ++i) {
    const auto [outcome, now] = log.write(i);
    CHECK(outcome == commit_outcome::committed);
    CHECK(now == bytes);
  }
}

TEST_CASE("the first commit finds a log with its head and room") {
  written_log log;
  log.prepare();
  REQUIRE(log.bytes() == 0);
  log.start();
  const auto bytes = log.bytes();
  const auto head = log.head();
  CHECK(bytes >= step);
  CHECK(head.starts_with("\x37\x7f\x06"));
  const auto [outcome, now] = log.write(0);
  CHECK(outcome == commit_outcome::committed);
  CHECK(now == bytes);
  CHECK(log.head() == head);
}

TEST_CASE("beginning the log changes no row and no schema") {
  written_log log;
  log.prepare();
  auto stranger = log.stranger();
  const auto number = [&](const char* sql) { return stranger.execAndGet(sql).getInt(); };
  const auto version = number("PRAGMA user_version");
  const auto schema = number("PRAGMA schema_version");
  log.start();
  REQUIRE(log.bytes() > 0);
  CHECK(number("PRAGMA user_version") == version);
  CHECK(number("PRAGMA schema_version") == schema);
  CHECK(number("PRAGMA application_id") == storage::application_id);
  CHECK(number("SELECT count(*) FROM notes") == 0);
  CHECK(stranger.execAndGet("PRAGMA integrity_check").getString() == "ok");
}

TEST_CASE("a log that has its head is left as it is but for room") {
  written_log log(0);
  log.prepare();
  log.stranger().exec("CREATE TABLE strangers (name TEXT)");
  const auto bytes = log.bytes();
  REQUIRE(bytes > 0);
  log.start();
  CHECK(log.bytes() == bytes);
}

TEST_CASE("a log that is short of room again gets more") {
  written_log log;
  log.start();
  constexpr int commits = 200;  // a page each, at the least: more than two steps beyond the first
  for (int i = 0; i < commits; ++i) REQUIRE(log.write(i).outcome == commit_outcome::committed);
  CHECK(log.comes_to(commits * page_bytes + step));
}

TEST_CASE("a log without steps is as long as what is in it") {
  written_log log(0);
  log.start();
  const auto before = log.write(1).log_bytes;
  const auto after = log.write(2).log_bytes;
  CHECK(after > before);
  CHECK(after - before < 3 * page_bytes);
  CHECK_FALSE(log.comes_to(after + 1, 200ms));
}

TEST_CASE("no room is made in the log while another process writes") {
  written_log log;
  log.prepare();
  const auto empty = log.bytes();
  auto stranger = log.stranger();
  stranger.exec("BEGIN IMMEDIATE");
  log.start();
  CHECK_FALSE(log.comes_to(empty + 1, 200ms));
  stranger.exec("CREATE TABLE strangers (name TEXT)");
  stranger.exec("COMMIT");
  CHECK(log.write(1).outcome == commit_outcome::committed);
  CHECK(log.comes_to(step));
  CHECK(log.write(2).outcome == commit_outcome::committed);
  CHECK(stranger.execAndGet("SELECT count(*) FROM strangers").getInt() == 0);
  CHECK(stranger.execAndGet("SELECT count(*) FROM notes").getInt() == 1);
}

TEST_CASE("what another process cuts off the log is made anew") {
  written_log log;
  log.start();
  for (int i = 0; i < 5; ++i) log.write(i);
  REQUIRE(log.comes_to(step));
  auto stranger = log.stranger();
  stranger.setBusyTimeout(10'000);  // the writer may still be syncing it
  stranger.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  REQUIRE(log.bytes() == 0);
  CHECK(log.write(5).outcome == commit_outcome::committed);
  CHECK(log.comes_to(step));
}
