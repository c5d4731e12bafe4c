#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/table.hpp"

struct sqlite3_stmt;

namespace SQLite {
class Database;
}

/// One prepared statement, thinner than SQLiteCpp's: it binds texts without copying them and reads
/// columns without counting references, which is half the price of moving a small row. Failures are
/// SQLite::Exception all the same. Only storage/ includes this; on its connection's thread.
namespace innkeeper::storage {

class statement {
 public:
  statement(SQLite::Database& connection, const std::string& sql);
  ~statement();
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  /// Ready for its next use: the next bind is parameter 1.
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
  /// To the end, whatever the rows; then it is reset, which ends its transaction if it has one.
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
