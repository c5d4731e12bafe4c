#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/sqlite/statement.hpp"
#include "storage/table.hpp"

/// The statements for one table's rows, built from its description, and their cache. Only storage/
/// includes this. Each connection has its own cache and stays on one thread.
namespace innkeeper::storage {

/// "INSERT ... ON CONFLICT DO UPDATE". Parameters for each row: object, key, columns.
std::string upsert_sql(const table& into, std::uint32_t rows = 1);
/// Parameters are object, key.
std::string erase_sql(const table& from);
/// Columns only. Parameters are object, key.
std::string get_sql(const table& from);
/// Key and columns, in key order. Parameters: object, the prefix, the range's beginning and end if
/// given, `after` if given, the limit.
std::string list_sql(const table& from, const row_range& range);

/// Caches prepared statements. Row statements are found by table and shape, without building their
/// text again. A returned statement is reset.
class statement_cache {
 public:
  explicit statement_cache(SQLite::Database& connection) : connection_(connection) {}

  /// For other statements. The text has to live as long as the cache.
  statement& prepared(std::string_view sql);
  statement& prepared_get(const table& from);
  statement& prepared_erase(const table& from);
  /// Puts `rows` rows.
  statement& prepared_upsert(const table& into, std::uint32_t rows);
  statement& prepared_list(const table& from, const row_range& range);

 private:
  struct shape {
    const table* of;
    /// The rest of what determines its text.
    std::uint32_t form;

    friend bool operator==(const shape&, const shape&) = default;
  };
  struct shape_hash {
    std::size_t operator()(const shape& key) const {
      return std::hash<const void*>()(key.of) ^ (std::size_t{key.form} << 1U);
    }
  };

  template <class Sql>
  statement& prepared(const shape& of, const Sql& sql);

  SQLite::Database& connection_;
  std::unordered_map<std::string_view, statement> by_text_;
  std::unordered_map<shape, statement, shape_hash> by_shape_;
};

}  // namespace innkeeper::storage
