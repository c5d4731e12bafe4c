#pragma once

#include <cstdint>
#include <vector>

#include "storage/sqlite/row_statements.hpp"
#include "storage/write_batch.hpp"

/// Rows that a transaction puts one after the other into one table, whoever's they are: many of
/// them go by one statement, for to begin and end one costs half as much as all that it does for a
/// row. Nothing changes its place. On the connection's thread.
namespace innkeeper::storage {

class multi_row_upsert {
 public:
  explicit multi_row_upsert(statement_cache& statements) : statements_(statements) {}

  /// `write` has columns, and stays where it is until it is written: when a row of another table
  /// comes, or when write_all is called. Throws SQLite::Exception.
  void put(std::int64_t object, const row_write& write);
  /// To be called before anything else is done. Throws SQLite::Exception.
  void write_all();
  /// The transaction has failed.
  void forget_all() { rows_.clear(); }

 private:
  struct put_row {
    std::int64_t object;
    const row_write* write;
  };

  statement_cache& statements_;
  /// All of one table.
  std::vector<put_row> rows_;
};

}  // namespace innkeeper::storage
