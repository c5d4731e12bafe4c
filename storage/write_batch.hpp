#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/table.hpp"

/// What one turn of one object wants stored: rows put whole or erased, each by its primary key.
/// Absolute, never relative ("the counter is 7", not "add 1"), so that putting twice does no harm.
/// A value: any thread.
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
  /// Nothing means: erase.
  std::optional<row> columns;
};

/// When an object is to be woken; goes into `objects` with the batch.
struct alarm_write {
  /// Milliseconds since 1970-01-01 UTC; nothing: never.
  std::optional<std::int64_t> due_ms;
  /// How often it has failed.
  std::int64_t attempt = 0;
};

struct write_batch {
  /// The object's number in `objects`.
  std::int64_t object = 0;
  /// Which live instance of the object wrote this; the writer refuses what an instance sent after
  /// one of its batches failed. Unique within the process.
  std::uint64_t instance = 0;
  /// Set in the first batch of an object that has no row in `objects` yet.
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
  /// About how many it keeps in memory until it is committed.
  std::size_t bytes() const;
};

/// A batch that is on its way to disk: nobody changes it any more.
using batch_ptr = std::shared_ptr<const write_batch>;

}  // namespace innkeeper::storage
