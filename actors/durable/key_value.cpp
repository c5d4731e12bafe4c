#include "actors/durable/key_value.hpp"

#include <algorithm>
#include <map>

namespace innkeeper::durable {
namespace {

const storage::table values{"object_values", {"key"}, {"value"}};

const std::string& key_of(const storage::row_write& write) {
  return storage::as_text(write.key.front());
}

}  // namespace

std::optional<std::string> key_value::get(const std::string& key) const {
  const auto& writes = wanted_.writes.writes;
  const auto latest = std::find_if(writes.rbegin(), writes.rend(), [&](const auto& write) {
    return write.into == &values && key_of(write) == key;
  });
  const auto columns = latest == writes.rend() ? stored_.get(values, {key}) : latest->columns;
  if (!columns) return std::nullopt;
  return storage::as_text(columns->front());
}

bool key_value::put(const std::string& key, std::string value) {
  if (key.empty() || key.size() > key_bytes_max || value.size() > value_bytes_max) return false;
  wanted_.writes.put(values, {key}, {std::move(value)});
  return true;
}

void key_value::erase(const std::string& key) {
  wanted_.writes.erase(values, {key});
}

std::vector<key_value::entry> key_value::list(const std::string& prefix, std::size_t limit,
                                              std::optional<std::string> after) const {
  limit = std::min(limit, list_max);
  const auto& writes = wanted_.writes.writes;
  // Reads more rows, because each write of this turn may have erased one.
  const storage::row_range range{{}, prefix, after, limit + writes.size()};
  std::map<std::string, std::optional<storage::row>> merged;
  for (auto& [key, columns] : stored_.list(values, range)) {
    merged[storage::as_text(key.front())] = std::move(columns);
  }
  for (const auto& write : writes) {
    if (write.into != &values || !key_of(write).starts_with(prefix)) continue;
    if (!after || key_of(write) > *after) merged[key_of(write)] = write.columns;
  }
  std::vector<entry> listed;
  for (const auto& [key, columns] : merged) {
    if (listed.size() == limit) break;
    if (columns) listed.push_back({key, storage::as_text(columns->front())});
  }
  return listed;
}

}  // namespace innkeeper::durable
