#include "actors/testing/late_rows.hpp"

#include <variant>

namespace innkeeper::testing {
namespace {

/// A text that differs for different keys.
std::string text_of(const storage::row& values) {
  std::string text;
  for (const auto& each : values) {
    const auto* words = std::get_if<std::string>(&each);
    const auto* number = std::get_if<std::int64_t>(&each);
    const auto shown = words != nullptr ? *words : std::to_string(number != nullptr ? *number : 0);
    text += ' ' + std::to_string(each.index()) + ':' + std::to_string(shown.size()) + ':' + shown;
  }
  return text;
}

}  // namespace

std::optional<storage::row> late_rows::get(const storage::table& from,
                                           const storage::row& key) const {
  if (!is_here("get " + std::string(from.name) + text_of(key))) throw durable::rows_not_here();
  return rows_.get(from, key);
}

void late_rows::visit(const storage::table& from, const storage::row_range& range,
                      const storage::row_visitor& visitor) const {
  const auto bounds = storage::row_of(range.begins_with, range.after.value_or(""),
                                      static_cast<std::int64_t>(range.limit));
  if (is_here("visit " + std::string(from.name) + text_of(range.prefix) + text_of(bounds))) {
    return rows_.visit(from, range, visitor);
  }
  auto first = range;
  first.limit = 1;
  rows_.visit(from, first, visitor);
  throw durable::rows_not_here();
}

}  // namespace innkeeper::testing
