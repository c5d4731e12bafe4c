#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/row_statements.hpp"
#include "storage/write_batch.hpp"

/// Rows that a transaction puts, gathered by table, so that many of them go by one statement: to
/// begin and end one costs as much as half of what it does for a row. Rows of different tables may
/// change places that way; those of one table stay in order. On the connection's thread.
namespace innkeeper::storage {

class gathered_rows {
 public:
  explicit gathered_rows(statement_cache& statements) : statements_(statements) {}

  /// `write` has columns, and stays where it is until it is written.
  void put(std::int64_t object, const row_write& write);
  /// Writes all that has been put into this table. Throws SQLite::Exception.
  void write_those_of(const table& into);
  void write_all();
  /// The transaction has failed.
  void forget_all();

 private:
  struct put_row {
    std::int64_t object;
    const row_write* write;
  };
  struct rows_of_table {
    const table* into;
    std::vector<put_row> rows;
  };

  void write(rows_of_table& those);

  statement_cache& statements_;
  /// A transaction has to do with a few.
  std::vector<rows_of_table> tables_;
};

}  // namespace innkeeper::storage
