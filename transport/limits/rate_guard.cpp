#include "transport/limits/rate_guard.hpp"

#include "proto/limits.hpp"

namespace innkeeper::transport {
namespace {

/// A client that is refused is told so at most this often.
constexpr std::chrono::seconds told_every{1};

}  // namespace

rate_guard::verdict rate_guard::take(time_point now, std::size_t bytes,
                                     const connection_limits& limits, bool is_admin,
                                     std::size_t messages_taken) {
  const std::size_t factor = is_admin ? proto::admin_factor : 1;
  const proto::pace messages{limits.messages_per_second * factor, limits.messages_burst * factor};
  const proto::pace volume{limits.bytes_per_second * factor, limits.bytes_burst * factor};
  if (messages_.is_full(now) && bytes_.is_full(now)) refused_messages_ = refused_bytes_ = 0;
  if (bytes_.take(now, bytes, volume) && messages_.take(now, messages_taken, messages)) {
    return verdict::pass;
  }
  refused_messages_ += 1;
  refused_bytes_ += bytes;
  const bool goes_on = (messages.each > 0 && refused_messages_ > messages.burst) ||
                       (volume.each > 0 && refused_bytes_ > volume.burst);
  if (goes_on) return verdict::give_up;
  return turn_away(now);
}

rate_guard::verdict rate_guard::turn_away(time_point now) {
  if (told_at_ != time_point() && now - told_at_ < told_every) return verdict::ignore;
  told_at_ = now;
  return verdict::refuse;
}

}  // namespace innkeeper::transport
