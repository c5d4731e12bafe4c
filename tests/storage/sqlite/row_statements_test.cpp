#include "storage/sqlite/row_statements.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "tests/storage/sample_rows.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace innkeeper;

TEST_CASE("statements are built from a table's description") {
  CHECK(storage::upsert_sql(testing::notes) ==
        "INSERT INTO notes (object, topic, title, stars, text) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (object, topic, title) DO UPDATE SET stars = excluded.stars,"
        " text = excluded.text");
  CHECK(storage::upsert_sql(testing::notes, 2) ==
        "INSERT INTO notes (object, topic, title, stars, text) VALUES (?, ?, ?, ?, ?),"
        " (?, ?, ?, ?, ?) ON CONFLICT (object, topic, title) DO UPDATE SET"
        " stars = excluded.stars, text = excluded.text");
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

TEST_CASE("a cache keeps one statement for each table and shape") {
  const testing::temporary_directory folder;
  auto file = testing::open_with_notes(folder.path() / "rooms.db");
  storage::statement_cache cache(file.connection());
  const storage::row_range all;
  const storage::row_range of_food{{"food"}};
  const storage::row_range behind{{}, "", "food"};
  const storage::row_range beginning{{}, "fo"};
  const std::set<const storage::statement*> statements{
      &cache.prepared("SELECT 1"),
      &cache.prepared_upsert(testing::notes, 1),
      &cache.prepared_upsert(testing::notes, 2),
      &cache.prepared_erase(testing::notes),
      &cache.prepared_get(testing::notes),
      &cache.prepared_list(testing::notes, all),
      &cache.prepared_list(testing::notes, of_food),
      &cache.prepared_list(testing::notes, behind),
      &cache.prepared_list(testing::notes, beginning)};
  CHECK(statements.size() == 9);
  CHECK(statements.contains(&cache.prepared("SELECT 1")));
  CHECK(statements.contains(&cache.prepared_get(testing::notes)));
  CHECK(statements.contains(&cache.prepared_list(testing::notes, {{"drinks"}, "", {}, 7})));
}

TEST_CASE("a statement gives back what was bound, an empty text and NULL told apart") {
  const testing::temporary_directory folder;
  auto file = testing::open_with_notes(folder.path() / "rooms.db");
  storage::statement echo(file.connection(), "SELECT ?, ?, ?, ?");
  const storage::row values{std::int64_t{1} << 62, std::string(), std::monostate{},
                            std::string("a\0b", 3)};
  echo.bind(values);
  REQUIRE(echo.step());
  for (int i = 0; i < 4; ++i) {
    CHECK(echo.value_at(i) == storage::views_of(values)[static_cast<std::size_t>(i)]);
  }
  CHECK(echo.is_null(2));
  CHECK_FALSE(echo.is_null(1));
  CHECK_FALSE(echo.step());
  CHECK_THROWS_AS(echo.bind(std::int64_t{5}), SQLite::Exception);  // there is no fifth parameter
}
