#include "actors/durable/pending_writes.hpp"

#include <algorithm>

namespace innkeeper::durable {
namespace {

bool begins_with(const storage::row& key, const storage::row& prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

bool is_in(const storage::row_range& range, const storage::row& key) {
  if (range.begins_with.empty() && !range.after) return true;
  const auto& next = storage::as_text(key.at(range.prefix.size()));
  return next.starts_with(range.begins_with) && (!range.after || next > *range.after);
}

}  // namespace

void pending_writes::add(batch_number number, const storage::write_batch& batch) {
  for (const auto& write : batch.writes) {
    const auto [row, added] = rows_.try_emplace({write.into, write.key});
    const bool again = !added && row->second.number == number;
    if (!again) by_batch_.emplace_back(number, row);
    row->second = {number, write.columns};
  }
}

void pending_writes::forget(batch_number number) {
  while (!by_batch_.empty() && by_batch_.front().first <= number) {
    const auto [written_by, row] = by_batch_.front();
    by_batch_.pop_front();
    // A later batch may have written it anew.
    if (row->second.number == written_by) rows_.erase(row);
  }
}

void pending_writes::clear() {
  by_batch_.clear();
  rows_.clear();
}

const pending_writes::pending_row* pending_writes::find(const storage::table& table,
                                                        const storage::row& key) const {
  const auto found = rows_.find({&table, key});
  return found == rows_.end() ? nullptr : &found->second;
}

void pending_writes::overlay(const storage::table& table, const storage::row_range& range,
                             std::map<storage::row, storage::row>& committed) const {
  for (auto at = rows_.lower_bound({&table, range.prefix}); at != rows_.end(); ++at) {
    const auto& [of, key] = at->first;
    if (of != &table || !begins_with(key, range.prefix)) break;
    if (!is_in(range, key)) continue;
    if (at->second.columns) {
      committed.insert_or_assign(key, *at->second.columns);
    } else {
      committed.erase(key);
    }
  }
}

std::optional<storage::row> overlaid_view::get(const storage::table& from,
                                               const storage::row& key) const {
  if (const auto* pending = pending_.find(from, key)) return pending->columns;
  if (!object_) return std::nullopt;
  auto found = reader_.get(from, *object_, key);
  if (!found) throw read_failure(found.error().sentence);
  return std::move(*found);
}

std::vector<storage::keyed_row> overlaid_view::list(const storage::table& from,
                                                    const storage::row_range& range) const {
  if (pending_.size() == 0) return committed(from, range);
  auto wider = range;
  wider.limit += pending_.size();  // as many more as pending erasures could take away again
  std::map<storage::row, storage::row> rows;
  for (auto& [key, columns] : committed(from, wider)) {
    rows.emplace(std::move(key), std::move(columns));
  }
  pending_.overlay(from, range, rows);
  std::vector<storage::keyed_row> listed;
  for (auto& [key, columns] : rows) {
    if (listed.size() == range.limit) break;
    listed.push_back({key, std::move(columns)});
  }
  return listed;
}

std::vector<storage::keyed_row> overlaid_view::committed(const storage::table& from,
                                                         const storage::row_range& range) const {
  if (!object_) return {};
  auto rows = reader_.list(from, *object_, range);
  if (!rows) throw read_failure(rows.error().sentence);
  return std::move(*rows);
}

}  // namespace innkeeper::durable
