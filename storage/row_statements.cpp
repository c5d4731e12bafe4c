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

statement& statement_cache::prepared(std::string_view sql) {
  auto found = by_text_.find(sql);
  if (found == by_text_.end()) {
    found = by_text_.try_emplace(sql, connection_, std::string(sql)).first;
  }
  found->second.reset();
  return found->second;
}

statement& statement_cache::prepared(const table& of, row_action action) {
  const shape key{&of, static_cast<std::uint32_t>(action)};
  auto found = by_shape_.find(key);
  if (found == by_shape_.end()) {
    const auto sql = action == row_action::upsert  ? upsert_sql(of)
                     : action == row_action::erase ? erase_sql(of)
                                                   : get_sql(of);
    found = by_shape_.try_emplace(key, connection_, sql).first;
  }
  found->second.reset();
  return found->second;
}

statement& statement_cache::prepared_list(const table& from, const row_range& range) {
  constexpr std::uint32_t list_form = 1U << 8U;
  const auto flags = (range.begins_with.empty() ? 0U : 1U) | (range.after ? 2U : 0U);
  const auto form = list_form | flags | static_cast<std::uint32_t>(range.prefix.size()) << 16U;
  const shape key{&from, form};
  auto found = by_shape_.find(key);
  if (found == by_shape_.end()) {
    found = by_shape_.try_emplace(key, connection_, list_sql(from, range)).first;
  }
  found->second.reset();
  return found->second;
}

}  // namespace innkeeper::storage
