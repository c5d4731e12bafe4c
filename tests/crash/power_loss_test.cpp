// What a power cut may leave of the file, at every call to the disk: whatever was acknowledged has
// to be there, and nothing half done. INNKEEPER_POWER_CUTS says how many cuts are tried (default
// 2,000) and INNKEEPER_SEED which.
#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <set>

#include "storage/group_writer.hpp"
#include "tests/crash/cut_disk.hpp"
#include "tests/crash/recording_vfs.hpp"
#include "tests/crash/village.hpp"
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

/// A run of the real writer on a real file, as the disk saw it.
struct recording {
  cut_disk::images before;
  std::vector<disk_event> events;
  /// The rows after so many batches.
  std::vector<testing::row_dump> states;
};

struct workload {
  std::uint64_t seed = 1;
  std::size_t batches = 600;
  std::size_t rooms = 12;
  std::string pragma = "PRAGMA synchronous = FULL";
};

recording record(const workload& wanted) {
  testing::recording_vfs vfs;
  const testing::temporary_directory folder;
  const auto file = folder.path() / "rooms.db";
  auto opened = storage::database::open(file);
  REQUIRE(opened.has_value());
  opened->connection().exec(wanted.pragma);
  recording run{{bytes_of(file), bytes_of(log_of(file))}, {}, {}};
  testing::village people(wanted.seed, wanted.rooms);
  run.states.push_back(people.dump());
  std::mt19937_64 random(wanted.seed);
  storage::group_writer_options options;
  options.checkpoint_pages = 60;
  storage::group_writer writer(std::move(*opened), options);
  vfs.start();
  while (run.states.size() <= wanted.batches) {
    std::vector<std::future<void>> acknowledged;
    for (auto together = 1 + random() % 6; together > 0; --together) {
      auto stored = std::make_shared<std::promise<void>>();
      acknowledged.push_back(stored->get_future());
      auto batch = people.next_batch();
      run.states.push_back(people.dump());
      vfs.note("submitted");
      writer.submit(std::move(batch), [&vfs, stored](storage::commit_outcome outcome) {
        if (outcome == storage::commit_outcome::committed) vfs.note("acknowledged");
        stored->set_value();
      });
    }
    for (auto& each : acknowledged) each.wait();
  }
  run.events = vfs.stop();
  return run;
}

/// What was found in the file after a cut.
enum class verdict { good, lost, damaged };

struct findings {
  std::size_t cuts = 0;
  std::size_t distinct = 0;
  std::size_t lost = 0;
  std::size_t damaged = 0;
};

class inspector {
 public:
  explicit inspector(const recording& run)
      : run_(run), known_(run.states.begin(), run.states.end()) {}

  /// Opens what the cut left as the server would, and compares it with what has to be there.
  verdict inspect(const cut_disk::images& left, std::size_t acknowledged, std::size_t submitted) {
    const auto file = folder_ / "rooms.db";
    std::ofstream(file, std::ios::binary | std::ios::trunc) << left[0];
    std::ofstream(log_of(file), std::ios::binary | std::ios::trunc) << left[1];
    auto opened = storage::database::open(file);
    if (!opened) return verdict::damaged;
    try {
      const auto found = testing::dump(opened->connection());
      const auto first = run_.states.begin() + static_cast<std::ptrdiff_t>(acknowledged);
      const auto last = run_.states.begin() + static_cast<std::ptrdiff_t>(submitted) + 1;
      if (std::find(first, last, found) != last) return verdict::good;
      return known_.contains(found) ? verdict::lost : verdict::damaged;
    } catch (const SQLite::Exception&) {
      return verdict::damaged;
    }
  }

 private:
  const recording& run_;
  std::set<testing::row_dump> known_;
  testing::temporary_directory on_disk_;
  fs::path folder_ = on_disk_.path();
};

findings cut_everywhere(const recording& run, std::size_t cuts, bool lying, std::uint64_t seed) {
  inspector look(run);
  cut_disk disk(run.before, lying);
  std::mt19937_64 random(seed);
  std::set<std::pair<std::size_t, std::uint64_t>> seen;
  findings found;
  std::size_t acknowledged = 0;
  std::size_t submitted = 0;
  for (std::size_t i = 0; i < run.events.size(); ++i) {
    const auto& event = run.events[i];
    acknowledged += event.note == "acknowledged" ? 1 : 0;
    submitted += event.note == "submitted" ? 1 : 0;
    disk.replay(event);
    const auto due = cuts * (i + 1) / run.events.size();
    for (; found.cuts < due; ++found.cuts) {
      std::uint64_t outcome = 0;
      const auto left = disk.cut(random, outcome);
      if (!seen.emplace(i, outcome).second) continue;
      const auto judged = look.inspect(left, acknowledged, submitted);
      found.lost += judged == verdict::lost ? 1 : 0;
      found.damaged += judged == verdict::damaged ? 1 : 0;
    }
  }
  found.distinct = seen.size();
  return found;
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
  const auto cuts = number_from("INNKEEPER_POWER_CUTS", 2000);
  // More cuts want more places to cut at.
  const auto run = record({seed, std::max<std::size_t>(600, cuts / 40)});
  REQUIRE(checkpoints_in(run) >= 3);
  const auto found = cut_everywhere(run, cuts, false, seed);
  std::cout << "seed " << seed << ": " << run.events.size() << " disk events, "
            << checkpoints_in(run) << " checkpoints, " << found.distinct << " distinct cuts, "
            << found.lost << " lost, " << found.damaged << " damaged\n";
  CHECK(found.lost == 0);
  CHECK(found.damaged == 0);
  CHECK(found.distinct > cuts / 3);
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
