#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// How a kind of object describes the tables that hold its rows. Values: any thread.
namespace innkeeper::storage {

/// One column's value: NULL, INTEGER or TEXT.
using value = std::variant<std::monostate, std::int64_t, std::string>;
using row = std::vector<value>;

/// A table made by a migration whose primary key is (object, key...). A kind's tables live as long
/// as the program, so that batches and statement caches may point at them.
struct table {
  std::string_view name;
  /// The primary key without its first column `object`; empty if an object has at most one row.
  std::vector<std::string_view> key;
  /// All other columns.
  std::vector<std::string_view> columns;
};

inline std::int64_t as_integer(const value& v) {
  return std::get<std::int64_t>(v);
}

inline const std::string& as_text(const value& v) {
  return std::get<std::string>(v);
}

}  // namespace innkeeper::storage
