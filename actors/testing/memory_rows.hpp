#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "actors/durable/durable_object.hpp"

namespace innkeeper::testing {

/// One object's rows, in memory. No migration checks them: a write creates its table. A key or row
/// with a wrong number of columns throws std::logic_error.
class memory_rows final : public durable::object_view {
 public:
  std::optional<storage::row> get(const storage::table& from,
                                  const storage::row& key) const override;
  void visit(const storage::table& from, const storage::row_range& range,
             const storage::row_visitor& visitor) const override;

  void apply(const storage::write_batch& batch);

 private:
  using rows_by_key = std::map<storage::row, storage::row>;

  const rows_by_key& rows_of(const storage::table& from) const;

  std::map<std::string_view, rows_by_key> tables_;
  /// A visit is under way.
  mutable bool visiting_ = false;
};

}  // namespace innkeeper::testing
