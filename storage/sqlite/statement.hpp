#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/table.hpp"

struct sqlite3_stmt;

namespace SQLite {
class Database;
}

/// One prepared statement, lighter than SQLiteCpp's. It binds texts without a copy and reads
/// columns without reference counts, which halves the cost of a small row. It throws
/// SQLite::Exception, too. Only storage/ includes this. On its connection's thread.
namespace innkeeper::storage {

class statement {
 public:
  statement(SQLite::Database& connection, const std::string& sql);
  ~statement();
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  /// Prepares the next use: the next bind is parameter 1.
  void reset();

  /// Binds the next parameter. Texts have to live until the last step.
  statement& bind(std::int64_t number);
  statement& bind(std::string_view text);
  statement& bind(const std::string& text) { return bind(std::string_view(text)); }
  statement& bind_null();
  statement& bind(const value& any);
  statement& bind(const row& values);

  /// True while there is a row.
  bool step();
  /// Steps to the end and ignores rows. Then it resets, which ends its transaction if it has one.
  void run();

  std::int64_t integer_at(int column) const;
  /// Valid until the next step.
  std::string_view text_at(int column) const;
  bool is_null(int column) const;
  /// Valid until the next step.
  value_view value_at(int column) const;

 private:
  void check(int code) const;

  sqlite3_stmt* handle_ = nullptr;
  int bound_ = 0;
  bool stepped_ = false;
};

}  // namespace innkeeper::storage
