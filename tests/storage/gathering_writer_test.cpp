#include "storage/gathering_writer.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

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

TEST_CASE("what is submitted in a turn goes into one transaction, in order, when the turn ends") {
  counted_writer disk;
  storage::gathering_writer gathering(disk.writer);
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

TEST_CASE("nothing is written before the turn ends, and nothing twice") {
  counted_writer disk;
  storage::gathering_writer gathering(disk.writer);
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
  storage::gathering_writer gathering(disk.writer);
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
  gathering.take_note(1, 7);
  gathering.hand_over();
  disk.writer.stop();
  CHECK(outcomes ==
        std::vector<commit_outcome>{commit_outcome::rejected, commit_outcome::rejected});
}
