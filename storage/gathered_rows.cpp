#include "storage/gathered_rows.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace innkeeper::storage {
namespace {

/// By how many rows a statement puts: 64 in one were a twentieth cheaper than 16.
constexpr std::array<std::uint32_t, 3> rows_at_once{16, 4, 1};

}  // namespace

void gathered_rows::put(std::int64_t object, const row_write& write) {
  auto found = std::ranges::find(tables_, write.into, &rows_of_table::into);
  if (found == tables_.end()) found = tables_.insert(found, {write.into, {}});
  found->rows.push_back({object, &write});
}

void gathered_rows::write_those_of(const table& into) {
  const auto found = std::ranges::find(tables_, &into, &rows_of_table::into);
  if (found != tables_.end()) write(*found);
}

void gathered_rows::write_all() {
  for (auto& each : tables_) write(each);
}

void gathered_rows::forget_all() {
  for (auto& each : tables_) each.rows.clear();
}

void gathered_rows::write(rows_of_table& those) {
  std::span<const put_row> left(those.rows);
  for (const auto count : rows_at_once) {
    while (left.size() >= count) {
      auto& wanted = statements_.prepared_upsert(*those.into, count);
      for (const auto& [object, write] : left.first(count)) {
        wanted.bind(object).bind(write->key).bind(*write->columns);
      }
      wanted.run();
      left = left.subspan(count);
    }
  }
  those.rows.clear();
}

}  // namespace innkeeper::storage
