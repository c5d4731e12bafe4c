#include "tests/faults/fault_run.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/digest.hpp"
#include "storage/sqlite/group_writer.hpp"
#include "storage/sqlite/object_reader.hpp"
#include "tests/crash/storage_workload.hpp"

namespace innkeeper::testing {
namespace {

constexpr std::size_t houses = 6;
constexpr int rounds = 14;
constexpr int rounds_after = 4;
constexpr std::size_t batches_per_round_max = 4;
/// Small, so that a run has several checkpoints.
constexpr int checkpoint_pages = 16;

std::string_view name_of(storage::commit_outcome outcome) {
  switch (outcome) {
    case storage::commit_outcome::committed:
      return "committed";
    case storage::commit_outcome::edited:
      return "edited";
    case storage::commit_outcome::rejected:
      return "rejected";
    case storage::commit_outcome::storage_full:
      return "storage full";
    case storage::commit_outcome::locked:
      return "locked";
    case storage::commit_outcome::io_error:
      return "io error";
    case storage::commit_outcome::out_of_memory:
      return "out of memory";
  }
  return "?";
}

class fault_run {
 public:
  fault_run(const fault_order& order, const std::filesystem::path& folder, int out)
      : order_(order),
        file_(folder / "rooms.db"),
        copy_(folder / "killed.db"),
        out_(out),
        people_(order.seed, houses),
        random_(order.seed) {}

  void run() {
    arm(order_.what, order_.at, order_.lasts);
    open();
    for (int i = 0; i < rounds; ++i) {
      live_one_round(false);
      if (has_struck() && !std::exchange(is_copied_, true)) copy();
      if (i == rounds / 2 && !has_struck()) start_again();
    }
    if (!has_struck()) close();  // the last checkpoint may meet it
    const bool struck = heal();
    if (!writer_) open();
    for (int i = 0; i < rounds_after; ++i) live_one_round(true);
    for (std::size_t i = 0; i < houses; ++i) check_reader(i);
    close();
    tell(story::over, struck ? "struck" : "");
  }

 private:
  void tell(char what, std::string_view more) const {
    const auto line = what + std::string(more) + "\n";
    static_cast<void>(::write(out_, line.data(), line.size()));
  }

  std::string state() const { return proto::sha256_hex(people_.dump()); }

  /// A server that cannot open its file says why and ends; whoever starts it again heals it first.
  /// Here it is the same process, except after a failed sync.
  void open() {
    if (try_to_open()) return;
    if (order_.what == fault::sync_error) ::_exit(refused_to_open);
    if (!heal()) tell(story::wrong, "refused without a reason");
    if (!try_to_open()) tell(story::wrong, "refused though nothing fails any more");
  }

  bool try_to_open() {
    auto opened = storage::database::open(file_);
    if (!opened) return refuse(opened.error().sentence);
    try {
      opened->connection().exec("PRAGMA journal_size_limit = 8192");  // so that it is cut at times
      opened->connection().exec("PRAGMA cache_size = 10");            // so that it reads again
    } catch (const SQLite::Exception& error) {
      return refuse(error.what());
    }
    auto reader = storage::object_reader::open(file_);
    if (!reader) return refuse(reader.error().sentence);
    reader_ = std::move(*reader);
    storage::group_writer_options options;
    options.checkpoint_pages = checkpoint_pages;
    writer_ = std::make_unique<storage::group_writer>(std::move(*opened), options);
    return true;
  }

  bool refuse(const std::string& sentence) const {
    tell(story::refused, sentence);
    return false;
  }

  /// After an orderly end the log begins anew.
  void start_again() {
    close();
    open();
  }

  void close() {
    reader_.reset();
    writer_->stop();
    writer_.reset();
  }

  void live_one_round(bool must_be_well) {
    people_.begin_round();
    auto outcomes = submit_some(1 + random_() % batches_per_round_max);
    std::vector<bool> stored;
    for (auto& each : outcomes) {
      const auto outcome = each.get();
      stored.push_back(outcome == storage::commit_outcome::committed);
      if (!stored.back()) tell(story::outcome, name_of(outcome));
      if (!stored.back() && must_be_well) tell(story::wrong, "fails though nothing does any more");
    }
    people_.settle(stored);
    tell(story::settled, state());
    check_reader(random_());
  }

  /// The first goes alone, the others together: the writer is held up until all are there.
  std::vector<std::future<storage::commit_outcome>> submit_some(std::size_t count) {
    std::vector<std::future<storage::commit_outcome>> outcomes;
    auto all_there = std::make_shared<std::promise<void>>();
    for (std::size_t i = 0; i < count; ++i) {
      auto batch = people_.next_batch();
      tell(story::submitted, state());
      auto told = std::make_shared<std::promise<storage::commit_outcome>>();
      outcomes.push_back(told->get_future());
      auto hold = i == 0 ? all_there : nullptr;
      writer_->submit(std::move(batch), [this, told, hold](storage::commit_outcome outcome) {
        if (outcome == storage::commit_outcome::committed) tell(story::acknowledged, "");
        told->set_value(outcome);
        if (hold) hold->get_future().wait();
      });
    }
    all_there->set_value();
    return outcomes;
  }

  void check_reader(std::size_t house) const {
    if (!people_.agrees(*reader_, house)) tell(story::wrong, "a reader sees other rows");
  }

  /// Both files as they are now, taken on the writer's thread: nobody writes meanwhile.
  void copy() {
    std::promise<void> done;
    writer_->submit(storage::write_batch(), [this, &done](storage::commit_outcome) {
      std::filesystem::copy_file(file_, copy_);
      std::filesystem::copy_file(file_.string() + "-wal", copy_.string() + "-wal");
      done.set_value();
    });
    done.get_future().wait();
    tell(story::copied, state());
  }

  fault_order order_;
  std::filesystem::path file_;
  std::filesystem::path copy_;
  int out_;
  storage_workload people_;
  std::mt19937_64 random_;
  bool is_copied_ = false;
  std::unique_ptr<storage::object_reader> reader_;
  std::unique_ptr<storage::group_writer> writer_;
};

}  // namespace

void run_with_fault(const fault_order& order, const std::filesystem::path& folder, int out) {
  if (order.what == fault::out_of_memory) watch_memory();
  try {
    fault_run(order, folder, out).run();
    ::_exit(0);
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    ::_exit(1);  // by no means back into the calling test
  }
}

}  // namespace innkeeper::testing
