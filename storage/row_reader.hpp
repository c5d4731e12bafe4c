#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/storage_error.hpp"
#include "storage/table.hpp"

/// Reads committed rows. An interface apart from object_reader, so that a simulated disk can
/// replace it. Belongs to one loop and stays on its thread.
///
/// A reader that fetches rows from elsewhere does not block its loop. The read's error sets
/// `not_here_yet`, and when_here() calls back when to read again. SQLite's reader never does that.
namespace innkeeper::storage {

struct keyed_row {
  row key;
  row columns;
};

/// An object's row in `objects`.
struct stored_object {
  std::int64_t number = 0;
  std::optional<std::int64_t> alarm_ms;
  std::int64_t alarm_attempt = 0;
};

struct due_alarm {
  std::string kind;
  std::string name;
  std::int64_t due_ms = 0;
};

class row_reader {
 public:
  virtual ~row_reader() = default;

  /// Nothing if the object has never stored anything.
  virtual result<std::optional<stored_object>> find_object(std::string_view kind,
                                                           std::string_view name) = 0;

  virtual result<std::optional<row>> get(const table& from, std::int64_t object,
                                         const row& key) = 0;

  /// Passes the rows in this range to the visitor in key order, without a copy. The visitor must
  /// not read. A failure may come after some rows have been visited.
  virtual result<void> visit(const table& from, std::int64_t object, const row_range& range,
                             const row_visitor& visitor) = 0;

  /// Alarms due at `until_ms` or before, the earliest first, at most `limit`.
  virtual result<std::vector<due_alarm>> alarms_until(std::int64_t until_ms, std::size_t limit) = 0;

  /// After a read that returned `not_here_yet`: calls `here` once when a new read is worthwhile.
  /// The call is on the loop's thread, and never from within when_here(). That read may return
  /// `not_here_yet` again.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): a reader that needs it keeps it
  virtual void when_here(std::function<void()> /*here*/) {}

 private:
  friend class reads_together;

  /// Reads until end_reads() see one state of the file. Readers without snapshots do nothing.
  virtual void begin_reads() {}
  virtual void end_reads() {}
};

/// While it exists, its reader reads one state of the file and need not look for a newer one. Keep
/// it only briefly: meanwhile the log cannot be emptied.
class reads_together {
 public:
  explicit reads_together(row_reader& reader) : reader_(reader) { reader_.begin_reads(); }
  ~reads_together() { reader_.end_reads(); }
  reads_together(const reads_together&) = delete;
  reads_together& operator=(const reads_together&) = delete;

 private:
  row_reader& reader_;
};

}  // namespace innkeeper::storage
