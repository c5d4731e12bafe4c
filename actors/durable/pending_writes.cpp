#include "actors/durable/pending_writes.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

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

class true_meanwhile {
 public:
  explicit true_meanwhile(bool& what) : what_(what) { what_ = true; }
  ~true_meanwhile() { what_ = false; }
  true_meanwhile(const true_meanwhile&) = delete;
  true_meanwhile& operator=(const true_meanwhile&) = delete;

 private:
  bool& what_;
};

}  // namespace

void throw_as_exception(const storage::storage_error& error) {
  if (error.not_here_yet) throw rows_not_here();
  throw read_failure(error.sentence);
}

void pending_writes::add(batch_number number, storage::batch_ptr batch) {
  batches_.push_back({number, std::move(batch)});
}

void pending_writes::forget(batch_number number) {
  while (!batches_.empty() && batches_.front().number <= number) {
    const auto stored = batches_.pop_front();
    if (indexed_batches_ == 0) continue;
    --indexed_batches_;
    for (const auto& write : stored.batch->writes) unindex(stored.number, write);
  }
}

void pending_writes::clear() {
  newest_.clear();
  indexed_batches_ = 0;
  batches_.clear();
}

std::size_t pending_writes::row_count() {
  index();
  return newest_.size();
}

const storage::row_write* pending_writes::find(const storage::table& table,
                                               const storage::row& key) {
  index();
  const auto found = newest_.find({&table, &key});
  return found == newest_.end() ? nullptr : found->second.write;
}

void pending_writes::overlay(const storage::table& table, const storage::row_range& range,
                             std::map<storage::row, storage::row>& committed) {
  index();
  for (auto at = newest_.lower_bound({&table, &range.prefix}); at != newest_.end(); ++at) {
    const auto& write = *at->second.write;
    if (write.into != &table || !begins_with(write.key, range.prefix)) break;
    if (!is_in(range, write.key)) continue;
    if (write.columns) {
      committed.insert_or_assign(write.key, *write.columns);
    } else {
      committed.erase(write.key);
    }
  }
}

void pending_writes::index() {
  for (; indexed_batches_ < batches_.size(); ++indexed_batches_) {
    const auto& [number, batch] = batches_[indexed_batches_];
    for (const auto& write : batch->writes) index(number, write);
  }
}

/// The key has to point into the newest write, because the older write is freed first.
void pending_writes::index(batch_number number, const storage::row_write& write) {
  const place at{write.into, &write.key};
  auto older = newest_.extract(at);
  if (older.empty()) {
    newest_.emplace(at, newest_write{number, &write});
    return;
  }
  older.key() = at;
  older.mapped() = {number, &write};
  newest_.insert(std::move(older));
}

/// Keeps the entry if a later batch has written the row again.
void pending_writes::unindex(batch_number number, const storage::row_write& write) {
  const auto found = newest_.find({write.into, &write.key});
  if (found != newest_.end() && found->second.number == number) newest_.erase(found);
}

std::optional<storage::row> overlaid_view::get(const storage::table& from,
                                               const storage::row& key) const {
  check_not_visiting();
  if (const auto* pending = pending_.find(from, key)) return pending->columns;
  if (!object_) return std::nullopt;
  auto found = reader_.get(from, *object_, key);
  if (!found) throw_as_exception(found.error());
  return std::move(*found);
}

void overlaid_view::visit(const storage::table& from, const storage::row_range& range,
                          const storage::row_visitor& visitor) const {
  check_not_visiting();
  const true_meanwhile noted(visiting_);
  if (pending_.empty()) return visit_committed(from, range, visitor);
  visit_overlaid(from, range, visitor);
}

void overlaid_view::visit_overlaid(const storage::table& from, const storage::row_range& range,
                                   const storage::row_visitor& visitor) const {
  auto wider = range;
  wider.limit += pending_.row_count();  // pending erasures may remove as many rows
  std::map<storage::row, storage::row> rows;
  visit_committed(from, wider, [&](storage::row_view key, storage::row_view columns) {
    rows.emplace(storage::row_from(key), storage::row_from(columns));
  });
  pending_.overlay(from, range, rows);
  auto left = range.limit;
  for (const auto& [key, columns] : rows) {
    if (left-- == 0) break;
    visitor(storage::views_of(key), storage::views_of(columns));
  }
}

void overlaid_view::visit_committed(const storage::table& from, const storage::row_range& range,
                                    const storage::row_visitor& visitor) const {
  if (!object_) return;
  const auto seen = reader_.visit(from, *object_, range, visitor);
  if (!seen) throw_as_exception(seen.error());
}

/// The next read would overwrite the memory of the rows that are being visited.
void overlaid_view::check_not_visiting() const {
  if (visiting_) throw std::logic_error("an object reads while it is shown rows");
}

}  // namespace innkeeper::durable
