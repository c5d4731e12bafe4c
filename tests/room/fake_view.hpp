// An object's rows in memory: what a turn wants written is there for the next one, as if every
// commit went well at once.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "actors/durable/durable_object.hpp"

namespace innkeeper::testing {

class fake_view final : public durable::object_view {
 public:
  void apply(const storage::write_batch& batch) {
    for (const auto& write : batch.writes) {
      if (write.columns) {
        rows_[{write.into, write.key}] = *write.columns;
      } else {
        rows_.erase({write.into, write.key});
      }
    }
  }

  std::optional<storage::row> get(const storage::table& from,
                                  const storage::row& key) const override {
    const auto found = rows_.find({&from, key});
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }

  void visit(const storage::table& from, const storage::row_range& range,
             const storage::row_visitor& visitor) const override {
    std::size_t shown = 0;
    for (const auto& [place, columns] : rows_) {
      const auto& [table, key] = place;
      if (table != &from || !begins_with(key, range.prefix)) continue;
      if (range.after && storage::as_text(key.at(range.prefix.size())) <= *range.after) continue;
      if (shown++ == range.limit) break;
      visitor(storage::views_of(key), storage::views_of(columns));
    }
  }

  std::size_t count(const storage::table& of) const {
    return list(of, {.prefix = {}, .limit = rows_.size()}).size();
  }

 private:
  static bool begins_with(const storage::row& key, const storage::row& prefix) {
    return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
  }

  std::map<std::pair<const storage::table*, storage::row>, storage::row> rows_;
};

}  // namespace innkeeper::testing
