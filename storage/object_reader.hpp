#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"
#include "storage/table.hpp"

/// Reads committed rows on a read-only connection of its own. Each loop has one; it stays on its
/// thread. Reads are by primary key and take about 10 microseconds, less than a hop to another
/// thread.
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

class object_reader {
 public:
  static result<std::unique_ptr<object_reader>> open(const std::filesystem::path& file);
  ~object_reader();

  /// Nothing if the object has never stored anything.
  result<std::optional<stored_object>> find_object(std::string_view kind, std::string_view name);

  result<std::optional<row>> get(const table& from, std::int64_t object, const row& key);

  result<std::vector<keyed_row>> list(const table& from, std::int64_t object,
                                      const row_range& range);

  /// Alarms due at `until_ms` or before, the earliest first, at most `limit`.
  result<std::vector<due_alarm>> alarms_until(std::int64_t until_ms, std::size_t limit);

 private:
  struct connection;

  explicit object_reader(std::unique_ptr<connection> opened);

  std::unique_ptr<connection> connection_;
};

/// The largest number in `objects`, 0 if there is none: new objects are numbered from there.
result<std::int64_t> last_object_number(database& file);

}  // namespace innkeeper::storage
