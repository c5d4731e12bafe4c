#pragma once

#include <cstdint>

#include "storage/hand_edits.hpp"

/// Reads edits by hand within the writer's transactions, and updates the values that depend on
/// them. Only storage/ includes this. On its connection's thread.
namespace innkeeper::storage {

class statement_cache;

class edit_reader {
 public:
  explicit edit_reader(statement_cache& statements) : statements_(statements) {}

  /// Whether there are edits to take. Quick: it queries them only if another connection has written
  /// since the last call. Throws SQLite::Exception.
  bool has_news();
  /// Reads and erases the edits and recounts their objects' sizes, in a write transaction. More
  /// than a thousand edits of one object become one: "object". Throws SQLite::Exception. Call
  /// failed() then, and whenever the transaction does not commit.
  hand_edits take();
  void failed() { seen_version_ = unknown; }

 private:
  hand_edits objects_with_many();
  void recount();

  static constexpr std::int64_t unknown = -1;

  statement_cache& statements_;
  /// PRAGMA data_version at the last call.
  std::int64_t seen_version_ = unknown;
};

}  // namespace innkeeper::storage
