#include "storage/row_statements.hpp"

#include <span>

namespace innkeeper::storage {
namespace {

/// "object = ? AND poll = ?"
std::string key_condition(std::span<const std::string_view> key) {
  std::string text = "object = ?";
  for (const auto& column : key) text.append(" AND ").append(column).append(" = ?");
  return text;
}

void append_column(std::string& text, std::string_view column) {
  if (!text.empty()) text += ", ";
  text += column;
}

std::string joined(std::span<const std::string_view> columns) {
  std::string text;
  for (const auto& column : columns) append_column(text, column);
  return text;
}

}  // namespace

std::string upsert_sql(const table& into) {
  std::string names = "object";
  std::string marks = "?";
  std::string key = "object";
  std::string updates;
  for (const auto& column : into.key) {
    append_column(names, column);
    append_column(key, column);
    marks += ", ?";
  }
  for (const auto& column : into.columns) {
    append_column(names, column);
    append_column(updates, std::string(column) + " = excluded." + std::string(column));
    marks += ", ?";
  }
  return "INSERT INTO " + std::string(into.name) + " (" + names + ") VALUES (" + marks +
         ") ON CONFLICT (" + key + ") DO UPDATE SET " + updates;
}

std::string erase_sql(const table& from) {
  return "DELETE FROM " + std::string(from.name) + " WHERE " + key_condition(from.key);
}

std::string get_sql(const table& from) {
  return "SELECT " + joined(from.columns) + " FROM " + std::string(from.name) + " WHERE " +
         key_condition(from.key);
}

std::string list_sql(const table& from, const row_range& range) {
  auto selected = joined(from.key);
  for (const auto& column : from.columns) append_column(selected, column);
  const auto prefix = std::span(from.key).first(range.prefix.size());
  auto sql =
      "SELECT " + selected + " FROM " + std::string(from.name) + " WHERE " + key_condition(prefix);
  if (range.prefix.size() < from.key.size()) {
    const std::string next(from.key[range.prefix.size()]);
    if (!range.begins_with.empty()) sql += " AND " + next + " >= ? AND " + next + " < ?";
    if (range.after) sql += " AND " + next + " > ?";
  }
  if (!from.key.empty()) sql += " ORDER BY " + joined(from.key);
  return sql + " LIMIT ?";
}

void bind_value(SQLite::Statement& statement, int index, const value& v) {
  if (const auto* number = std::get_if<std::int64_t>(&v)) {
    statement.bind(index, *number);
  } else if (const auto* text = std::get_if<std::string>(&v)) {
    statement.bind(index, *text);
  } else {
    statement.bind(index);
  }
}

value column_value(const SQLite::Statement& statement, int index) {
  const auto column = const_cast<SQLite::Statement&>(statement).getColumn(index);
  if (column.isInteger()) return column.getInt64();
  if (column.isText()) return column.getString();
  return std::monostate{};
}

SQLite::Statement& statement_cache::prepared(const std::string& sql) {
  auto& statement = statements_[sql];
  if (!statement) statement = std::make_unique<SQLite::Statement>(connection_, sql);
  statement->tryReset();  // would report the failure of the last use once more
  return *statement;
}

}  // namespace innkeeper::storage
