#pragma once

#include <cstdint>

#include "storage/hand_edits.hpp"

/// Reads the edits that others have made, within the writer's transactions, and puts right what
/// follows from them. Only storage/ includes this. On its connection's thread.
namespace innkeeper::storage {

class statement_cache;

class edit_reader {
 public:
  explicit edit_reader(statement_cache& statements) : statements_(statements) {}

  /// Whether there are edits to be taken. Looks for them only if somebody else has written since
  /// the last look: quick. Throws SQLite::Exception.
  bool has_news();
  /// Reads and erases the edits and counts anew what their objects take up; in a write
  /// transaction. More than a thousand of one object become one: "object". Throws
  /// SQLite::Exception; call failed() then, and whenever the transaction does not commit.
  hand_edits take();
  void failed() { seen_version_ = unknown; }

 private:
  hand_edits objects_with_many();
  void recount();

  static constexpr std::int64_t unknown = -1;

  statement_cache& statements_;
  /// PRAGMA data_version at the last look.
  std::int64_t seen_version_ = unknown;
};

}  // namespace innkeeper::storage
