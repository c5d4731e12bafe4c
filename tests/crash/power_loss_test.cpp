// What a power cut may leave of the file, at every call to the disk: whatever was acknowledged has
// to be there, and nothing half done. INNKEEPER_POWER_CUTS says how many distinct states are looked
// at (default 2,000) and INNKEEPER_SEED which.
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <iterator>
#include <unordered_set>

#include "storage/sqlite/group_writer.hpp"
#include "tests/crash/cut_disk.hpp"
#include "tests/crash/recording_vfs.hpp"
#include "tests/crash/storage_workload.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace innkeeper;
using testing::cut_disk;
using testing::disk_event;

namespace {

namespace fs = std::filesystem;

std::size_t number_from(const char* variable, std::size_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoul(text);
}

std::string bytes_of(const fs::path& file) {
  std::ifstream opened(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(opened), {}};
}

fs::path log_of(fs::path file) {
  return file += "-wal";
}

/// All rows, as a number.
using digest = std::size_t;

digest digest_of(const testing::row_dump& rows) {
  return std::hash<testing::row_dump>()(rows);
}

/// A run of the real writer on a real file, as the disk saw it.
struct recording {
  cut_disk::images before;
  std::vector<disk_event> events;
  /// The rows after so many batches.
  std::vector<digest> states;
};

struct workload {
  std::uint64_t seed = 1;
  std::size_t batches = 600;
  std::size_t rooms = 12;
  std::string pragma = "PRAGMA synchronous = FULL";
};

/// Up to six batches at once, so that some share a transaction.
void work_a_while(testing::storage_workload& people, storage::group_writer& writer,
                  testing::recording_vfs& vfs, std::size_t together, recording& run) {
  std::vector<std::future<void>> answered;
  for (; together > 0; --together) {
    auto answer = std::make_shared<std::promise<void>>();
    answered.push_back(answer->get_future());
    auto batch = people.next_batch();
    run.states.push_back(digest_of(people.dump()));
    vfs.note("submitted");
    writer.submit(std::move(batch), [&vfs, answer](storage::commit_outcome outcome) {
      if (outcome == storage::commit_outcome::committed) vfs.note("acknowledged");
      answer->set_value();
    });
  }
  for (auto& each : answered) each.wait();
}

recording record(const workload& wanted) {
  testing::recording_vfs vfs;
  const testing::temporary_directory folder(testing::in_memory);  // the disk is played
  const auto file = folder.path() / "rooms.db";
  { REQUIRE(storage::database::open(file).has_value()); }
  auto opened = storage::database::open(file);  // again, so that the log has yet to begin
  REQUIRE(opened.has_value());
  opened->connection().exec(wanted.pragma);
  recording run{{bytes_of(file), bytes_of(log_of(file))}, {}, {}};
  testing::storage_workload people(wanted.seed, wanted.rooms);
  run.states.push_back(digest_of(people.dump()));
  std::mt19937_64 random(wanted.seed);
  storage::group_writer_options options;
  options.checkpoint_pages = 60;
  options.log_step_bytes = std::int64_t{16} * 4096;
  vfs.start();
  storage::group_writer writer(std::move(*opened), options);
  while (run.states.size() <= wanted.batches) {
    work_a_while(people, writer, vfs, 1 + random() % 6, run);
  }
  writer.stop();
  run.events = vfs.stop();
  return run;
}

/// What was found in the file after a cut.
enum class verdict { good, lost, damaged };

struct findings {
  std::size_t calls = 0;
  std::size_t distinct = 0;
  std::size_t lost = 0;
  std::size_t damaged = 0;
};

class inspector {
 public:
  explicit inspector(const recording& run)
      : run_(run), known_(run.states.begin(), run.states.end()) {}

  /// Opens what the cut left as the server would, and compares it with what has to be there: the
  /// rows after so many batches, and no more than so many.
  verdict inspect(const cut_disk::images& left, std::size_t at_least, std::size_t at_most) {
    lay_out(left);
    auto opened = storage::database::open(file_);
    if (!opened) return verdict::damaged;
    // Cleaning up when it closes would cost more than all the rest.
    sqlite3_db_config(opened->connection().getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                      nullptr);
    try {
      return judge(digest_of(testing::dump(opened->connection())), at_least, at_most);
    } catch (const SQLite::Exception&) {
      return verdict::damaged;
    }
  }

 private:
  void lay_out(const cut_disk::images& left) const {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << left[0];
    std::ofstream(log_of(file_), std::ios::binary | std::ios::trunc) << left[1];
  }

  verdict judge(digest found, std::size_t at_least, std::size_t at_most) const {
    const auto first = run_.states.begin() + static_cast<std::ptrdiff_t>(at_least);
    const auto last = run_.states.begin() + static_cast<std::ptrdiff_t>(at_most) + 1;
    if (std::find(first, last, found) != last) return verdict::good;
    return known_.contains(found) ? verdict::lost : verdict::damaged;
  }

  const recording& run_;
  std::unordered_set<digest> known_;
  testing::temporary_directory folder_{testing::in_memory};
  fs::path file_ = folder_.path() / "rooms.db";
};

/// Cuts the power before each call of the recording.
class power_cutter {
 public:
  power_cutter(const recording& run, bool lying, std::uint64_t seed)
      : run_(run), disk_(run.before, lying), random_(seed), look_(run) {}

  /// As many distinct states as wanted in all, spread over all calls as far as they have so many.
  findings cut_everywhere(std::size_t wanted) {
    std::size_t done = 0;
    for (const auto& event : run_.events) {
      const auto due = wanted * ++done / run_.events.size();
      if (event.what == disk_event::kind::note) {
        acknowledge_failure(event.note);
        continue;
      }
      cut_here(due);
      disk_.replay(event);
      // What is submitted from now on cannot be on the disk before the next call.
      submitted_to_disk_ = submitted_;
      if (wanted > 10'000 && done * 10 / run_.events.size() > shown_) show_progress(++shown_);
    }
    return found_;
  }

 private:
  void acknowledge_failure(const std::string& note) {
    acknowledged_ += note == "acknowledged" ? 1 : 0;
    submitted_ += note == "submitted" ? 1 : 0;
  }

  void cut_here(std::size_t due) {
    constexpr std::size_t tries_per_state = 3;
    ++found_.calls;
    std::unordered_set<std::uint64_t> seen;
    auto tries = disk_.all_is_synced() ? 1 : tries_per_state * (due - std::min(due, distinct()));
    for (; tries > 0 && distinct() < due; --tries) {
      const auto left = disk_.cut(random_);
      if (seen.insert(left.fingerprint).second) note_verdict(left.files);
    }
  }

  std::size_t distinct() const { return found_.distinct; }

  void note_verdict(const cut_disk::images& left) {
    ++found_.distinct;
    // A batch that changes nothing is acknowledged without a call.
    const auto at_most = std::max(submitted_to_disk_, acknowledged_);
    const auto judged = look_.inspect(left, acknowledged_, at_most);
    found_.lost += judged == verdict::lost ? 1 : 0;
    found_.damaged += judged == verdict::damaged ? 1 : 0;
  }

  void show_progress(std::size_t tenths) const {
    std::cerr << tenths << "0 % of the calls, " << found_.distinct << " states, " << found_.lost
              << " lost, " << found_.damaged << " damaged" << std::endl;
  }

  const recording& run_;
  cut_disk disk_;
  std::mt19937_64 random_;
  inspector look_;
  findings found_;
  std::size_t acknowledged_ = 0;
  std::size_t submitted_ = 0;
  std::size_t submitted_to_disk_ = 0;
  std::size_t shown_ = 0;
};

findings cut_everywhere(const recording& run, std::size_t wanted, bool lying, std::uint64_t seed) {
  return power_cutter(run, lying, seed).cut_everywhere(wanted);
}

std::size_t checkpoints_in(const recording& run) {
  std::size_t syncs = 0;
  for (const auto& event : run.events) {
    const bool of_database = event.file == testing::disk_file::database;
    syncs += of_database && event.what == disk_event::kind::sync ? 1 : 0;
  }
  return syncs;
}

}  // namespace

TEST_CASE("a power cut loses nothing that was acknowledged and leaves nothing half done") {
  const auto seed = number_from("INNKEEPER_SEED", 1);
  const auto wanted = number_from("INNKEEPER_POWER_CUTS", 2000);
  // More states want more calls to cut at.
  const auto run = record({seed, std::max<std::size_t>(600, wanted / 40)});
  REQUIRE(checkpoints_in(run) >= 3);
  const auto found = cut_everywhere(run, wanted, false, seed);
  std::cout << "seed " << seed << ": " << run.states.size() - 1 << " batches, " << found.calls
            << " calls to the disk, " << checkpoints_in(run) << " checkpoints; " << found.distinct
            << " distinct states after a cut, " << found.lost << " lost, " << found.damaged
            << " damaged\n";
  CHECK(found.lost == 0);
  CHECK(found.damaged == 0);
  CHECK(found.distinct > wanted * 9 / 10);
}

TEST_CASE("a disk that says synced too early is found out by the same test") {
  const auto found = cut_everywhere(record({1, 200}), 500, true, 1);
  CHECK(found.lost + found.damaged > 0);
}

TEST_CASE("a writer that does not sync is found out by the same test") {
  const auto run = record({1, 200, 12, "PRAGMA synchronous = OFF"});
  const auto found = cut_everywhere(run, 500, false, 1);
  CHECK(found.lost + found.damaged > 0);
}
