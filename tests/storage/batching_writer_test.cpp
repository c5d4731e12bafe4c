#include "storage/batching_writer.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "storage/sqlite/group_writer.hpp"
#include "tests/storage/sample_rows.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace innkeeper;
using storage::commit_outcome;

namespace {

/// A writer that counts what goes into each of its transactions.
struct counted_writer {
  storage::group_writer_options options() {
    storage::group_writer_options wanted;
    wanted.on_commit = [this](std::size_t batches) { sizes.push_back(batches); };
    return wanted;
  }

  testing::temporary_directory folder;
  std::vector<std::size_t> sizes;
  storage::group_writer writer{testing::open_with_notes(folder.path() / "rooms.db"), options()};
};

}  // namespace

TEST_CASE("what is submitted until there is nothing to do goes into one transaction, in order") {
  counted_writer disk;
  storage::batching_writer gathering(disk.writer);
  std::string order;
  for (const char name : {'a', 'b', 'c'}) {
    auto batch = testing::first_batch(1);
    testing::put_note(batch, "topic", std::string(1, name), 1);
    gathering.submit(std::move(batch), [&order, name](commit_outcome outcome) {
      order += outcome == commit_outcome::committed ? name : '?';
    });
  }
  gathering.hand_over();
  disk.writer.stop();
  CHECK(order == "abc");
  CHECK(disk.sizes == std::vector<std::size_t>{3});
}

TEST_CASE("nothing is written before it is handed over, and nothing twice") {
  counted_writer disk;
  storage::batching_writer gathering(disk.writer);
  auto batch = testing::first_batch(1);
  testing::put_note(batch, "a", "b", 1);
  gathering.submit(std::move(batch), [](commit_outcome) {});
  auto other = testing::first_batch(2);
  testing::put_note(other, "a", "b", 1);
  CHECK(testing::write(disk.writer, std::move(other)) == commit_outcome::committed);
  gathering.hand_over();
  gathering.hand_over();
  disk.writer.stop();
  CHECK(disk.sizes == std::vector<std::size_t>{1, 1});
}

TEST_CASE("a note stays behind the batches that it is about") {
  counted_writer disk;
  storage::batching_writer gathering(disk.writer);
  std::vector<commit_outcome> outcomes;
  const auto submit = [&](storage::write_batch batch) {
    gathering.submit(std::move(batch), [&](commit_outcome how) { outcomes.push_back(how); });
  };
  auto refused = testing::first_batch(1, 7);
  testing::put_note(refused, "a", "b", 10);
  submit(std::move(refused));
  auto behind = testing::first_batch(1, 7);
  testing::put_note(behind, "a", "b", 1);
  submit(std::move(behind));
  gathering.acknowledge_failure(1, 7);
  gathering.hand_over();
  disk.writer.stop();
  CHECK(outcomes ==
        std::vector<commit_outcome>{commit_outcome::rejected, commit_outcome::rejected});
}

TEST_CASE("a busy loop's batches are handed over once they are many") {
  counted_writer disk;
  storage::batching_writer gathering(disk.writer);
  const storage::batching_writer::time_point now{};
  std::promise<void> committed;
  for (std::size_t i = 1; i <= storage::batching_writer::batches_max; ++i) {
    const bool last = i == storage::batching_writer::batches_max;
    gathering.submit(testing::first_batch(static_cast<std::int64_t>(i)), [&, last](commit_outcome) {
      if (last) committed.set_value();
    });
    if (i + 1 == storage::batching_writer::batches_max) {
      gathering.turn_ended(now);  // one fewer: nothing yet
    }
  }
  gathering.turn_ended(now);
  CHECK(committed.get_future().wait_for(std::chrono::seconds(30)) == std::future_status::ready);
  disk.writer.stop();
  CHECK(disk.sizes == std::vector<std::size_t>{storage::batching_writer::batches_max});
}

TEST_CASE("a busy loop's batches are handed over once they are old") {
  counted_writer disk;
  storage::batching_writer gathering(disk.writer);
  const storage::batching_writer::time_point now{};
  std::promise<void> committed;
  gathering.submit(testing::first_batch(1), [](commit_outcome) {});
  gathering.turn_ended(now);
  gathering.submit(testing::first_batch(2), [&](commit_outcome) { committed.set_value(); });
  gathering.turn_ended(now + storage::batching_writer::age_max - std::chrono::nanoseconds(1));
  gathering.turn_ended(now + storage::batching_writer::age_max);
  CHECK(committed.get_future().wait_for(std::chrono::seconds(30)) == std::future_status::ready);
  disk.writer.stop();
  CHECK(disk.sizes == std::vector<std::size_t>{2});
}
