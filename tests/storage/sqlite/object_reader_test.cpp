#include "storage/sqlite/object_reader.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "storage/sqlite/group_writer.hpp"
#include "tests/storage/listed_rows.hpp"
#include "tests/storage/sample_rows.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace innkeeper;
using testing::notes;

namespace {

/// A file with two objects' notes, written by the real writer.
class notebook {
 public:
  notebook() {
    auto first = testing::first_batch(1);
    testing::put_note(first, "food", "soup", 3, "hot");
    testing::put_note(first, "food", "tea", 4);
    testing::put_note(first, "work", "desk", 5);
    auto second = testing::first_batch(2);
    testing::put_note(second, "food", "soup", 9);
    REQUIRE(testing::write(writer, std::move(first)) == storage::commit_outcome::committed);
    REQUIRE(testing::write(writer, std::move(second)) == storage::commit_outcome::committed);
    reader = std::move(*storage::object_reader::open(folder.path() / "rooms.db"));
  }

  testing::temporary_directory folder;
  storage::group_writer writer{testing::open_with_notes(folder.path() / "rooms.db"), {}};
  std::unique_ptr<storage::object_reader> reader;
};

}  // namespace

TEST_CASE("a reader finds objects by kind and name") {
  notebook book;
  CHECK(book.reader->find_object("notebook", "object 2").value()->number == 2);
  CHECK_FALSE(book.reader->find_object("notebook", "object 3").value().has_value());
  CHECK_FALSE(book.reader->find_object("room", "object 2").value().has_value());
}

TEST_CASE("a reader gets a row by its key, of this object only") {
  notebook book;
  CHECK(book.reader->get(notes, 1, {"food", "soup"}).value() ==
        storage::row{std::int64_t{3}, "hot"});
  CHECK(book.reader->get(notes, 2, {"food", "soup"}).value() == storage::row{std::int64_t{9}, ""});
  CHECK_FALSE(book.reader->get(notes, 2, {"food", "tea"}).value().has_value());
}

TEST_CASE("a reader lists rows by the beginning of their key, in order, up to a limit") {
  notebook book;
  const auto food = testing::listed(*book.reader, notes, 1, {{"food"}}).value();
  REQUIRE(food.size() == 2);
  CHECK(food[0].key == storage::row{"food", "soup"});
  CHECK(food[1].key == storage::row{"food", "tea"});
  CHECK(testing::listed(*book.reader, notes, 1, {}).value().size() == 3);
  CHECK(testing::listed(*book.reader, notes, 1, {.limit = 2}).value().size() == 2);
}

TEST_CASE("a look at rows that is broken off leaves nothing open") {
  notebook book;
  const auto look = [&] {
    return book.reader->visit(notes, 1, {}, [](storage::row_view key, storage::row_view columns) {
      CHECK(storage::as_text(key[1]) == "soup");
      CHECK(storage::as_integer(columns[0]) == 3);
      throw std::runtime_error("enough");
    });
  };
  CHECK_THROWS_WITH(look(), "enough");
  auto batch = testing::first_batch(1);
  testing::put_note(batch, "food", "tea", 7);
  REQUIRE(testing::write(book.writer, std::move(batch)) == storage::commit_outcome::committed);
  CHECK(book.reader->get(notes, 1, {"food", "tea"}).value() == storage::row{std::int64_t{7}, ""});
}

TEST_CASE("a reader sees what was committed after it was opened") {
  notebook book;
  auto batch = testing::first_batch(1);
  testing::put_note(batch, "food", "soup", 7);
  REQUIRE(testing::write(book.writer, std::move(batch)) == storage::commit_outcome::committed);
  CHECK(book.reader->get(notes, 1, {"food", "soup"}).value() == storage::row{std::int64_t{7}, ""});
}

TEST_CASE("a failed read is a sentence, and the next one works") {
  notebook book;
  const storage::table missing{"no_such_table", {"k"}, {"v"}};
  const auto failed = book.reader->get(missing, 1, {"x"});
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().sentence.find("no_such_table") != std::string::npos);
  CHECK(book.reader->get(notes, 1, {"food", "tea"}).value().has_value());
}
