// What a reader shows, kept.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/row_reader.hpp"

namespace innkeeper::testing {

inline storage::result<std::vector<storage::keyed_row>> listed(storage::row_reader& reader,
                                                               const storage::table& from,
                                                               std::int64_t object,
                                                               const storage::row_range& range) {
  std::vector<storage::keyed_row> rows;
  const auto keep = [&](storage::row_view key, storage::row_view columns) {
    rows.push_back({storage::row_from(key), storage::row_from(columns)});
  };
  if (auto seen = reader.visit(from, object, range, keep); !seen) return seen.error();
  return rows;
}

}  // namespace innkeeper::testing
