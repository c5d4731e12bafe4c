#include "actors/durable/pending_writes.hpp"

#include <catch2/catch.hpp>

#include "storage/sqlite/group_writer.hpp"
#include "storage/sqlite/object_reader.hpp"
#include "tests/storage/sample_rows.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace innkeeper;
using durable::overlaid_view;
using durable::pending_writes;
using testing::notes;

namespace {

storage::row stars(std::int64_t count) {
  return {count, ""};
}

storage::batch_ptr sent(storage::write_batch batch) {
  return std::make_shared<const storage::write_batch>(std::move(batch));
}

/// Object 1 with soup 3 and tea 4 under "food" on disk.
class stored_notes {
 public:
  stored_notes() {
    auto batch = testing::first_batch(1);
    testing::put_note(batch, "food", "soup", 3);
    testing::put_note(batch, "food", "tea", 4);
    REQUIRE(testing::write(writer, std::move(batch)) == storage::commit_outcome::committed);
    reader = std::move(*storage::object_reader::open(folder.path() / "rooms.db"));
  }

  overlaid_view view(std::optional<std::int64_t> object = 1) { return {*reader, object, pending}; }

  testing::temporary_directory folder;
  storage::group_writer writer{testing::open_with_notes(folder.path() / "rooms.db"), {}};
  std::unique_ptr<storage::object_reader> reader;
  pending_writes pending;
};

}  // namespace

TEST_CASE("a view shows committed rows while nothing is pending") {
  stored_notes stored;
  CHECK(stored.view().get(notes, {"food", "soup"}) == stars(3));
  CHECK(stored.view().list(notes, {{"food"}}).size() == 2);
}

TEST_CASE("a view shows a pending row in place of the committed one") {
  stored_notes stored;
  storage::write_batch batch;
  batch.put(notes, {"food", "soup"}, stars(9));
  batch.put(notes, {"food", "cake"}, stars(5));
  batch.erase(notes, {"food", "tea"});
  stored.pending.add(1, sent(batch));
  CHECK(stored.view().get(notes, {"food", "soup"}) == stars(9));
  CHECK_FALSE(stored.view().get(notes, {"food", "tea"}).has_value());
  const auto listed = stored.view().list(notes, {{"food"}});
  REQUIRE(listed.size() == 2);
  CHECK(listed[0].key == storage::row{"food", "cake"});
  CHECK(listed[1].columns == stars(9));
}

TEST_CASE("a view fills up to its limit from behind pending erasures") {
  stored_notes stored;
  storage::write_batch batch;
  batch.erase(notes, {"food", "soup"});
  stored.pending.add(1, sent(batch));
  const auto listed = stored.view().list(notes, {{"food"}, {}, std::nullopt, 1});
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].key == storage::row{"food", "tea"});
}

TEST_CASE("a view is not read while it shows rows, and can be again when that is over") {
  stored_notes stored;
  if (GENERATE(false, true)) {
    storage::write_batch batch;
    batch.put(notes, {"food", "soup"}, stars(7));
    stored.pending.add(1, sent(batch));
  }
  const auto view = stored.view();
  const auto reading = [&](auto...) { view.get(notes, {"food", "tea"}); };
  CHECK_THROWS_AS(view.visit(notes, {{"food"}}, reading), std::logic_error);
  CHECK(view.get(notes, {"food", "tea"}) == stars(4));
}

TEST_CASE("a view lists no row of another prefix or table") {
  stored_notes stored;
  const storage::table other{"other", {"topic", "title"}, {"stars", "text"}};
  storage::write_batch batch;
  batch.put(notes, {"foods", "x"}, stars(1));
  batch.put(other, {"food", "x"}, stars(1));
  stored.pending.add(1, sent(batch));
  CHECK(stored.view().list(notes, {{"food"}}).size() == 2);
}

TEST_CASE("a batch that is on disk is forgotten, a later one to the same row is not") {
  stored_notes stored;
  storage::write_batch first;
  first.put(notes, {"food", "soup"}, stars(7));
  first.put(notes, {"food", "tea"}, stars(7));
  storage::write_batch second;
  second.put(notes, {"food", "soup"}, stars(8));
  stored.pending.add(1, sent(first));
  stored.pending.add(2, sent(second));
  const bool read_before = GENERATE(false, true);
  if (read_before) CHECK(stored.view().get(notes, {"food", "tea"}) == stars(7));
  stored.pending.forget(1);
  CHECK(stored.view().get(notes, {"food", "soup"}) == stars(8));
  CHECK(stored.view().get(notes, {"food", "tea"}) == stars(4));
}

TEST_CASE("an object that has never stored anything sees only what is pending") {
  stored_notes stored;
  storage::write_batch batch;
  batch.put(notes, {"food", "soup"}, stars(1));
  stored.pending.add(1, sent(batch));
  CHECK(stored.view(std::nullopt).list(notes, {}).size() == 1);
}

TEST_CASE("a batch is forgotten but for the rows that a later one has written anew") {
  pending_writes pending;
  storage::write_batch first;
  first.put(notes, {"food", "soup"}, stars(1));
  first.put(notes, {"food", "soup"}, stars(2));  // twice in one batch
  first.put(notes, {"food", "tea"}, stars(3));
  storage::write_batch second;
  second.put(notes, {"food", "tea"}, stars(4));
  const int batches_read = GENERATE(0, 1, 2);
  pending.add(1, sent(first));
  if (batches_read == 1) CHECK(pending.find(notes, {"food", "tea"})->columns == stars(3));
  pending.add(2, sent(second));
  if (batches_read == 2) CHECK(pending.find(notes, {"food", "soup"})->columns == stars(2));
  CHECK(pending.row_count() == 2);
  pending.forget(1);
  CHECK(pending.row_count() == 1);
  CHECK(pending.find(notes, {"food", "soup"}) == nullptr);
  REQUIRE(pending.find(notes, {"food", "tea"}) != nullptr);
  CHECK(pending.find(notes, {"food", "tea"})->columns == stars(4));
  pending.forget(2);
  CHECK(pending.row_count() == 0);
  pending.add(3, sent(first));
  pending.clear();
  pending.forget(3);
  CHECK(pending.row_count() == 0);
}
