#include "storage/row_statements.hpp"

#include <catch2/catch.hpp>

#include "tests/storage/sample_rows.hpp"

using namespace innkeeper;

TEST_CASE("statements are built from a table's description") {
  CHECK(storage::upsert_sql(testing::notes) ==
        "INSERT INTO notes (object, topic, title, stars, text) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (object, topic, title) DO UPDATE SET stars = excluded.stars,"
        " text = excluded.text");
  CHECK(storage::erase_sql(testing::notes) ==
        "DELETE FROM notes WHERE object = ? AND topic = ? AND title = ?");
  CHECK(storage::get_sql(testing::notes) ==
        "SELECT stars, text FROM notes WHERE object = ? AND topic = ? AND title = ?");
  CHECK(storage::list_sql(testing::notes, {{"food"}, {}, std::nullopt, 1}) ==
        "SELECT topic, title, stars, text FROM notes WHERE object = ? AND topic = ?"
        " ORDER BY topic, title LIMIT ?");
}

TEST_CASE("a range may begin with a text and go on behind another") {
  CHECK(storage::list_sql(testing::notes, {{}, "fo", "food", 1}) ==
        "SELECT topic, title, stars, text FROM notes WHERE object = ? AND topic >= ? AND topic < ?"
        " AND topic > ? ORDER BY topic, title LIMIT ?");
}

TEST_CASE("a table without a key of its own has one row an object") {
  const storage::table single{"single", {}, {"a"}};
  CHECK(storage::upsert_sql(single) ==
        "INSERT INTO single (object, a) VALUES (?, ?)"
        " ON CONFLICT (object) DO UPDATE SET a = excluded.a");
  CHECK(storage::list_sql(single, {}) == "SELECT a FROM single WHERE object = ? LIMIT ?");
}
