#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "storage/table.hpp"

/// The statements that move one table's rows, built from its description, and their cache. Only
/// storage/ includes this; each connection has a cache of its own and stays on one thread.
namespace innkeeper::storage {

/// "INSERT ... ON CONFLICT DO UPDATE": parameters are object, key, columns.
std::string upsert_sql(const table& into);
/// Parameters are object, key.
std::string erase_sql(const table& from);
/// Columns only. Parameters are object, key.
std::string get_sql(const table& from);
/// Key and columns, in key order. Parameters are object, the prefix, the beginning and its end if
/// there is one, where to go on if that is given, the limit.
std::string list_sql(const table& from, const row_range& range);

void bind_value(SQLite::Statement& statement, int index, const value& v);
value column_value(const SQLite::Statement& statement, int index);

/// Prepared once per text and kept; a statement is handed out reset.
class statement_cache {
 public:
  explicit statement_cache(SQLite::Database& connection) : connection_(connection) {}

  SQLite::Statement& prepared(const std::string& sql);

 private:
  SQLite::Database& connection_;
  std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>> statements_;
};

}  // namespace innkeeper::storage
