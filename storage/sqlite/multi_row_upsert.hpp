#pragma once

#include <cstdint>
#include <vector>

#include "storage/sqlite/row_statements.hpp"
#include "storage/write_batch.hpp"

/// Collects consecutive rows of one table, of any objects, and writes several with one statement.
/// Starting a statement costs half as much as a row's insert. Order is kept. On the connection's
/// thread.
namespace innkeeper::storage {

class multi_row_upsert {
 public:
  explicit multi_row_upsert(statement_cache& statements) : statements_(statements) {}

  /// `write` has columns and has to stay in place until it is written. That is when a row of
  /// another table comes, or by write_all(). Throws SQLite::Exception.
  void put(std::int64_t object, const row_write& write);
  /// To be called before any other statement of the transaction. Throws SQLite::Exception.
  void write_all();
  /// Drops the rows after a failed transaction.
  void forget_all() { rows_.clear(); }

 private:
  struct put_row {
    std::int64_t object;
    const row_write* write;
  };

  statement_cache& statements_;
  /// Rows of a single table.
  std::vector<put_row> rows_;
};

}  // namespace innkeeper::storage
