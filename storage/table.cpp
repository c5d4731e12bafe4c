#include "storage/table.hpp"

namespace innkeeper::storage {

std::vector<value_view> views_of(const row& held) {
  std::vector<value_view> views;
  views.reserve(held.size());
  for (const auto& each : held) {
    views.push_back(std::visit([](const auto& its) -> value_view { return its; }, each));
  }
  return views;
}

row row_from(row_view seen) {
  row made;
  made.reserve(seen.size());
  for (const auto& each : seen) {
    if (const auto* text = std::get_if<std::string_view>(&each)) {
      made.emplace_back(std::in_place_type<std::string>, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&each)) {
      made.emplace_back(*number);
    } else {
      made.emplace_back();
    }
  }
  return made;
}

}  // namespace innkeeper::storage
