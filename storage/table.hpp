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

/// How a kind of object describes the tables that hold its rows. Values: any thread.
namespace innkeeper::storage {

/// One column's value: NULL, INTEGER or TEXT.
using value = std::variant<std::monostate, std::int64_t, std::string>;
using row = std::vector<value>;

/// A value that somebody else holds.
using value_view = std::variant<std::monostate, std::int64_t, std::string_view>;
using row_view = std::span<const value_view>;

/// Is shown one row after the other, each for the time of the call only.
using row_visitor = std::function<void(row_view key, row_view columns)>;

std::vector<value_view> views_of(const row& held);
row row_from(row_view seen);

/// Without the copies that a list in braces takes of its texts.
template <class... Values>
row row_of(Values&&... values) {
  row made;
  made.reserve(sizeof...(values));
  (made.emplace_back(std::forward<Values>(values)), ...);
  return made;
}

/// A table made by a migration whose primary key is (object, key...). A kind's tables live as long
/// as the program, so that batches and statement caches may point at them.
struct table {
  std::string_view name;
  /// The primary key without its first column `object`; empty if an object has at most one row.
  std::vector<std::string_view> key;
  /// All other columns.
  std::vector<std::string_view> columns;
};

/// Which of an object's rows to list, in key order.
struct row_range {
  /// The first columns of the key, whole.
  row prefix{};
  /// What the next column of the key, a text, has to begin with.
  std::string begins_with{};
  /// Only rows whose next column of the key comes behind this text: where the last page ended.
  std::optional<std::string> after{};
  std::size_t limit = 1000;
};

/// Behind every text that begins with `text`: no character is larger than U+10FFFF.
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
