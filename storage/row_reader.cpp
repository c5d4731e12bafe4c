#include "storage/row_reader.hpp"

namespace innkeeper::storage {

result<std::vector<keyed_row>> row_reader::list(const table& from, std::int64_t object,
                                                const row_range& range) {
  std::vector<keyed_row> rows;
  const auto keep = [&](row_view key, row_view columns) {
    rows.push_back({row_from(key), row_from(columns)});
  };
  if (auto seen = visit(from, object, range, keep); !seen) return seen.error();
  return rows;
}

}  // namespace innkeeper::storage
