#include "proto/token_buckets.hpp"

#include <algorithm>

namespace innkeeper::proto {

double token_buckets::tokens_at(const bucket& b, std::int64_t now_ms) const {
  const auto passed = static_cast<double>(std::max<std::int64_t>(0, now_ms - b.as_of_ms));
  return std::min(burst_, b.tokens + passed * per_ms_);
}

bool token_buckets::has(std::uint64_t key, std::int64_t now_ms) const {
  if (!is_limited()) return true;
  const auto found = buckets_.find(key);
  return found == buckets_.end() || tokens_at(found->second, now_ms) >= 1;
}

bool token_buckets::take(std::uint64_t key, std::int64_t now_ms, std::size_t amount) {
  if (!is_limited()) return true;
  auto& b = found_or_full(key, now_ms);
  const auto tokens = tokens_at(b, now_ms);
  const auto taken = std::min(burst_, static_cast<double>(amount));
  if (tokens < taken) return false;
  b = {tokens - taken, std::max(b.as_of_ms, now_ms)};
  return true;
}

bool token_buckets::take_or_owe(std::uint64_t key, std::int64_t now_ms, std::size_t amount) {
  if (!is_limited()) return true;
  auto& b = found_or_full(key, now_ms);
  b = {tokens_at(b, now_ms) - static_cast<double>(amount), std::max(b.as_of_ms, now_ms)};
  return b.tokens >= 0;
}

token_buckets::bucket& token_buckets::found_or_full(std::uint64_t key, std::int64_t now_ms) {
  if (buckets_.size() >= drop_at_) drop_full(now_ms);
  return buckets_.try_emplace(key, bucket{burst_, now_ms}).first->second;
}

/// Each look costs as much as what has come since the last one.
void token_buckets::drop_full(std::int64_t now_ms) {
  std::erase_if(buckets_,
                [&](const auto& entry) { return tokens_at(entry.second, now_ms) >= burst_; });
  drop_at_ = std::max<std::size_t>(1024, buckets_.size() * 2);
}

}  // namespace innkeeper::proto
