#include "transport/limits/rate_meter.hpp"

#include <algorithm>

namespace innkeeper::transport {
namespace {

using std::chrono::nanoseconds;

/// A client that is refused is told so at most this often.
constexpr std::chrono::seconds told_every{1};

nanoseconds time_for(std::size_t amount, std::size_t each_s) {
  constexpr double second = 1e9;
  return nanoseconds(static_cast<std::int64_t>(static_cast<double>(amount) * second /
                                               static_cast<double>(each_s)));
}

}  // namespace

bool rate_meter::take(time_point now, std::size_t amount, const pace& limit) {
  if (limit.each_s == 0 || limit.burst == 0) return true;
  const auto from = std::max(full_at_, now);
  const auto until = from + time_for(amount, limit.each_s);
  if (from > now && until - now > time_for(limit.burst, limit.each_s)) return false;
  full_at_ = until;
  return true;
}

bool rate_meter::is_half_empty(time_point now, const pace& limit) const {
  return limit.each_s != 0 && full_at_ - now > time_for(limit.burst, limit.each_s) / 2;
}

rate_guard::verdict rate_guard::take(time_point now, std::size_t bytes,
                                     const connection_limits& limits, bool is_admin,
                                     std::size_t messages_taken) {
  const std::size_t factor = is_admin ? admin_factor : 1;
  const pace messages{limits.messages_per_second * factor, limits.messages_burst * factor};
  const pace volume{limits.bytes_per_second * factor, limits.bytes_burst * factor};
  if (messages_.is_full(now) && bytes_.is_full(now)) refused_messages_ = refused_bytes_ = 0;
  if (bytes_.take(now, bytes, volume) && messages_.take(now, messages_taken, messages)) {
    return verdict::pass;
  }
  refused_messages_ += 1;
  refused_bytes_ += bytes;
  const bool goes_on = (messages.each_s > 0 && refused_messages_ > messages.burst) ||
                       (volume.each_s > 0 && refused_bytes_ > volume.burst);
  if (goes_on) return verdict::give_up;
  return turn_away(now);
}

rate_guard::verdict rate_guard::turn_away(time_point now) {
  if (told_at_ != time_point() && now - told_at_ < told_every) return verdict::ignore;
  told_at_ = now;
  return verdict::refuse;
}

}  // namespace innkeeper::transport
