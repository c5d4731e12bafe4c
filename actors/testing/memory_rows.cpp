#include "actors/testing/memory_rows.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace innkeeper::testing {
namespace {

void check(bool holds, const storage::table& table, const char* sentence) {
  if (!holds) throw std::logic_error(std::string(table.name) + ": " + sentence);
}

bool is_in(const storage::row_range& range, const storage::row& key) {
  if (!std::equal(range.prefix.begin(), range.prefix.end(), key.begin())) return false;
  if (range.begins_with.empty() && !range.after) return true;
  const auto& next = storage::as_text(key.at(range.prefix.size()));
  return next.starts_with(range.begins_with) && (!range.after || next > *range.after);
}

}  // namespace

std::optional<storage::row> memory_rows::get(const storage::table& from,
                                             const storage::row& key) const {
  check(key.size() == from.key.size(), from, "a key has one value for each column of the key");
  const auto& rows = rows_of(from);
  const auto found = rows.find(key);
  return found == rows.end() ? std::nullopt : std::optional(found->second);
}

void memory_rows::visit(const storage::table& from, const storage::row_range& range,
                        const storage::row_visitor& visitor) const {
  check(range.prefix.size() <= from.key.size(), from, "a prefix is no longer than the key");
  const auto& rows = rows_of(from);
  struct visit_mark {
    explicit visit_mark(bool& marked) : marked_(marked) { marked_ = true; }
    ~visit_mark() { marked_ = false; }
    visit_mark(const visit_mark&) = delete;
    visit_mark& operator=(const visit_mark&) = delete;
    bool& marked_;
  } const mark(visiting_);
  auto left = range.limit;
  for (const auto& [key, columns] : rows) {
    if (left == 0) return;
    if (!is_in(range, key)) continue;
    visitor(storage::views_of(key), storage::views_of(columns));
    --left;
  }
}

void memory_rows::apply(const storage::write_batch& batch) {
  for (const auto& write : batch.writes) {
    const auto& into = *write.into;
    check(write.key.size() == into.key.size(), into, "a key has one value for each column");
    if (!write.columns) {
      tables_[into.name].erase(write.key);
      continue;
    }
    check(write.columns->size() == into.columns.size(), into,
          "a row has one value for each column");
    tables_[into.name].insert_or_assign(write.key, *write.columns);
  }
}

const memory_rows::rows_by_key& memory_rows::rows_of(const storage::table& from) const {
  static const rows_by_key none;
  check(!visiting_, from, "nothing is read while rows are shown");
  const auto found = tables_.find(from.name);
  return found == tables_.end() ? none : found->second;
}

}  // namespace innkeeper::testing
