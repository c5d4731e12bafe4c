#include "storage/sqlite/row_statements.hpp"

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

// The kind of statement, in bits of a shape's form; other bits hold what else determines its text.
constexpr std::uint32_t get_form = 1U << 8U;
constexpr std::uint32_t erase_form = 2U << 8U;
constexpr std::uint32_t upsert_form = 3U << 8U;
constexpr std::uint32_t list_form = 4U << 8U;
constexpr std::uint32_t further_shift = 16;

}  // namespace

std::string upsert_sql(const table& into, std::uint32_t rows) {
  std::string names = "object";
  std::string marks = "(?";
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
  marks += ")";
  std::string values;
  for (; rows > 0; --rows) append_column(values, marks);
  return "INSERT INTO " + std::string(into.name) + " (" + names + ") VALUES " + values +
         " ON CONFLICT (" + key + ") DO UPDATE SET " + updates;
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

template <class Sql>
statement& statement_cache::prepared(const shape& of, const Sql& sql) {
  auto found = by_shape_.find(of);
  if (found == by_shape_.end()) found = by_shape_.try_emplace(of, connection_, sql()).first;
  found->second.reset();
  return found->second;
}

statement& statement_cache::prepared_get(const table& from) {
  return prepared({&from, get_form}, [&] { return get_sql(from); });
}

statement& statement_cache::prepared_erase(const table& from) {
  return prepared({&from, erase_form}, [&] { return erase_sql(from); });
}

statement& statement_cache::prepared_upsert(const table& into, std::uint32_t rows) {
  return prepared({&into, upsert_form | rows << further_shift},
                  [&] { return upsert_sql(into, rows); });
}

statement& statement_cache::prepared_list(const table& from, const row_range& range) {
  const auto flags = (range.begins_with.empty() ? 0U : 1U) | (range.after ? 2U : 0U);
  const auto prefix = static_cast<std::uint32_t>(range.prefix.size());
  return prepared({&from, list_form | flags | prefix << further_shift},
                  [&] { return list_sql(from, range); });
}

}  // namespace innkeeper::storage
