#include "proto/rate_meter.hpp"

#include <algorithm>
#include <cstdint>

namespace innkeeper::proto {
namespace {

using std::chrono::nanoseconds;

/// Longer than any server runs, and short enough that a few can be added without overflow.
constexpr nanoseconds longest = std::chrono::hours(24 * 365 * 30);

/// The time in which a bucket refills by `amount`.
nanoseconds time_for(std::size_t amount, const pace& limit) {
  const auto time = static_cast<double>(amount) * static_cast<double>(limit.period.count()) /
                    static_cast<double>(limit.each);
  if (time >= static_cast<double>(longest.count())) return longest;
  return nanoseconds(static_cast<std::int64_t>(time));
}

rate_meter::time_point full_after(rate_meter::time_point full_at, rate_meter::time_point now,
                                  std::size_t amount, const pace& limit) {
  return std::min(std::max(full_at, now) + time_for(amount, limit), now + 2 * longest);
}

}  // namespace

bool rate_meter::has(time_point now, std::size_t amount, const pace& limit) const {
  if (!limit.is_limited() || is_full(now)) return true;
  return full_after(full_at_, now, amount, limit) - now <= time_for(limit.burst, limit);
}

bool rate_meter::take(time_point now, std::size_t amount, const pace& limit) {
  if (!limit.is_limited()) return true;
  if (!has(now, amount, limit)) return false;
  full_at_ = full_after(full_at_, now, amount, limit);
  return true;
}

bool rate_meter::take_or_owe(time_point now, std::size_t amount, const pace& limit) {
  if (!limit.is_limited()) return true;
  full_at_ = full_after(full_at_, now, amount, limit);
  return full_at_ - now <= time_for(limit.burst, limit);
}

bool rate_meter::is_half_empty(time_point now, const pace& limit) const {
  return limit.is_limited() && full_at_ - now > time_for(limit.burst, limit) / 2;
}

}  // namespace innkeeper::proto
