#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/table.hpp"

/// The writes of one turn of one object: rows put whole or erased, each by its primary key. Values
/// are absolute, never relative ("the counter is 7", not "add 1"), so that putting twice does no
/// harm. A value: any thread.
namespace innkeeper::storage {

/// An object's own row in `objects`, written with its first batch.
struct object_record {
  std::string kind;
  std::string name;
  std::string object_id;
  std::int64_t created_ms = 0;
};

struct row_write {
  const table* into;
  row key;
  /// Nothing: erase the row.
  std::optional<row> columns;
};

/// The time of an object's alarm; stored in `objects` with the batch.
struct alarm_write {
  /// Milliseconds since 1970-01-01 UTC; nothing: never.
  std::optional<std::int64_t> due_ms;
  /// How often the alarm has failed.
  std::int64_t attempt = 0;
};

struct write_batch {
  /// The object's number in `objects`.
  std::int64_t object = 0;
  /// The live instance that wrote this. After a batch of an instance failed, the writer refuses its
  /// later batches. Unique within the process.
  std::uint64_t instance = 0;
  /// Set in an object's first batch, when it has no row in `objects` yet.
  std::optional<object_record> creation;
  std::vector<row_write> writes;
  std::optional<alarm_write> alarm;

  void put(const table& into, row key, row columns) {
    writes.push_back({&into, std::move(key), std::move(columns)});
  }
  void erase(const table& from, row key) {
    writes.push_back({&from, std::move(key), std::nullopt});
  }
  bool empty() const { return writes.empty() && !alarm; }
  /// Approximate bytes in memory until it is committed.
  std::size_t bytes() const;
};

/// A submitted batch, which no longer changes.
using batch_ptr = std::shared_ptr<const write_batch>;

}  // namespace innkeeper::storage
