#include "storage/sqlite/multi_row_upsert.hpp"

#include <array>
#include <span>

namespace innkeeper::storage {
namespace {

/// Rows per statement. Measured: 64 rows were only a twentieth cheaper than 16.
constexpr std::array<std::uint32_t, 3> rows_at_once{16, 4, 1};

}  // namespace

void multi_row_upsert::put(std::int64_t object, const row_write& write) {
  if (!rows_.empty() && rows_.front().write->into != write.into) write_all();
  rows_.push_back({object, &write});
}

void multi_row_upsert::write_all() {
  std::span<const put_row> left(rows_);
  for (const auto count : rows_at_once) {
    while (left.size() >= count) {
      auto& wanted = statements_.prepared_upsert(*left.front().write->into, count);
      for (const auto& [object, write] : left.first(count)) {
        wanted.bind(object).bind(write->key).bind(*write->columns);
      }
      wanted.run();
      left = left.subspan(count);
    }
  }
  rows_.clear();
}

}  // namespace innkeeper::storage
