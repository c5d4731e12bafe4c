#include "storage/sqlite/statement.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <utility>

namespace innkeeper::storage {

statement::statement(SQLite::Database& connection, const std::string& sql) {
  const int code =
      sqlite3_prepare_v3(connection.getHandle(), sql.c_str(), static_cast<int>(sql.size()) + 1,
                         SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  if (code != SQLITE_OK) throw SQLite::Exception(connection.getHandle(), code);
}

statement::~statement() {
  sqlite3_finalize(handle_);
}

void statement::reset() {
  bound_ = 0;
  if (!std::exchange(stepped_, false)) return;
  sqlite3_reset(handle_);  // its result repeats the last step's failure
}

statement& statement::bind(std::int64_t number) {
  check(sqlite3_bind_int64(handle_, ++bound_, number));
  return *this;
}

statement& statement::bind(std::string_view text) {
  // A null pointer would be NULL, not an empty text.
  const char* data = text.empty() ? "" : text.data();
  check(sqlite3_bind_text64(handle_, ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

statement& statement::bind_null() {
  check(sqlite3_bind_null(handle_, ++bound_));
  return *this;
}

statement& statement::bind(const value& any) {
  if (const auto* number = std::get_if<std::int64_t>(&any)) return bind(*number);
  if (const auto* text = std::get_if<std::string>(&any)) return bind(std::string_view(*text));
  return bind_null();
}

statement& statement::bind(const row& values) {
  for (const auto& each : values) bind(each);
  return *this;
}

bool statement::step() {
  stepped_ = true;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw SQLite::Exception(sqlite3_db_handle(handle_), code);
}

void statement::run() {
  while (step()) {
  }
  reset();
}

std::int64_t statement::integer_at(int column) const {
  return sqlite3_column_int64(handle_, column);
}

std::string_view statement::text_at(int column) const {
  const auto* text = sqlite3_column_text(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return {reinterpret_cast<const char*>(text), text == nullptr ? 0 : size};
}

bool statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

/// One call per column instead of three. SQLite requires the value to be protected from other
/// threads; this connection has only one.
value_view statement::value_at(int column) const {
  auto* found = sqlite3_column_value(handle_, column);
  switch (sqlite3_value_type(found)) {
    case SQLITE_INTEGER:
      return sqlite3_value_int64(found);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(found));
      if (text == nullptr) throw SQLite::Exception("No memory for a column.", SQLITE_NOMEM);
      return std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(found)));
    }
    default:
      return std::monostate{};
  }
}

void statement::check(int code) const {
  if (code != SQLITE_OK) throw SQLite::Exception(sqlite3_db_handle(handle_), code);
}

}  // namespace innkeeper::storage
