#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// The description of the tables that hold an object's rows. Values: any thread.
namespace innkeeper::storage {

/// One column's value: NULL, INTEGER or TEXT.
using value = std::variant<std::monostate, std::int64_t, std::string>;
using row = std::vector<value>;

/// A view of a value.
using value_view = std::variant<std::monostate, std::int64_t, std::string_view>;
using row_view = std::span<const value_view>;

/// Receives one row after another. The views are valid during the call only.
using row_visitor = std::function<void(row_view key, row_view columns)>;

std::vector<value_view> views_of(const row& held);
row row_from(row_view seen);

/// Makes a row without copying its texts, unlike an initializer list.
template <class... Values>
row row_of(Values&&... values) {
  row made;
  made.reserve(sizeof...(values));
  (made.emplace_back(std::forward<Values>(values)), ...);
  return made;
}

/// A table of a migration with the primary key (object, key...). Tables exist until the program
/// ends, so that batches and statement caches may point to them.
struct table {
  std::string_view name;
  /// The primary key without its first column `object`; empty if an object has at most one row.
  std::vector<std::string_view> key;
  /// All other columns.
  std::vector<std::string_view> columns;
};

/// A range of an object's rows, in key order.
struct row_range {
  /// Complete values of the first columns of the key.
  row prefix{};
  /// The prefix of the next column of the key, a text.
  std::string begins_with{};
  /// Only rows whose next key column is greater than this text, such as the last page's end.
  std::optional<std::string> after{};
  std::size_t limit = 1000;
};

/// Greater than every text that begins with `text`: no character exceeds U+10FFFF.
inline std::string end_of_prefix(const std::string& text) {
  return text + "\xF4\x8F\xBF\xBF";
}

inline std::int64_t as_integer(const value& v) {
  return std::get<std::int64_t>(v);
}

inline const std::string& as_text(const value& v) {
  return std::get<std::string>(v);
}

inline std::int64_t as_integer(const value_view& v) {
  return std::get<std::int64_t>(v);
}

inline std::string_view as_text(const value_view& v) {
  return std::get<std::string_view>(v);
}

}  // namespace innkeeper::storage
