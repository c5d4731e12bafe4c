#include "actors/durable/durable_object.hpp"

namespace innkeeper::durable {

std::vector<storage::keyed_row> object_view::list(const storage::table& from,
                                                  const storage::row_range& range) const {
  std::vector<storage::keyed_row> rows;
  visit(from, range, [&](storage::row_view key, storage::row_view columns) {
    rows.push_back({storage::row_from(key), storage::row_from(columns)});
  });
  return rows;
}

}  // namespace innkeeper::durable
