#include "proto/token_buckets.hpp"

#include <algorithm>

namespace innkeeper::proto {
namespace {

rate_meter::time_point at(std::int64_t now_ms) {
  return rate_meter::time_point(std::chrono::milliseconds(now_ms));
}

}  // namespace

bool token_buckets::has(std::uint64_t key, std::int64_t now_ms) const {
  const auto found = buckets_.find(key);
  if (found == buckets_.end()) return true;
  return found->second.meter.has(std::max(found->second.last, at(now_ms)), 1, pace_);
}

bool token_buckets::take(std::uint64_t key, std::int64_t now_ms, std::size_t amount) {
  if (!is_limited()) return true;
  auto& b = found_at(key, at(now_ms));
  return b.meter.take(b.last, std::min(amount, pace_.burst), pace_);
}

bool token_buckets::take_or_owe(std::uint64_t key, std::int64_t now_ms, std::size_t amount) {
  if (!is_limited()) return true;
  auto& b = found_at(key, at(now_ms));
  return b.meter.take_or_owe(b.last, amount, pace_);
}

token_buckets::bucket& token_buckets::found_at(std::uint64_t key, time_point now) {
  if (buckets_.size() >= drop_at_) drop_full(now);
  auto& b = buckets_.try_emplace(key).first->second;
  b.last = std::max(b.last, now);
  return b;
}

/// The amortized cost is constant: the threshold doubles with the number of keys left.
void token_buckets::drop_full(time_point now) {
  std::erase_if(buckets_, [now](const auto& entry) { return entry.second.meter.is_full(now); });
  drop_at_ = std::max<std::size_t>(1024, buckets_.size() * 2);
}

}  // namespace innkeeper::proto
