#include "transport/peer_watch.hpp"

#include <algorithm>

namespace innkeeper::transport {

peer_watch::verdict peer_watch::look(time_point now, time_point heard_at,
                                     std::optional<time_point> stalled_since) {
  if (stalled_since && now - *stalled_since >= stall_max) return verdict::stalled;
  if (now - heard_at >= silence_max) return verdict::silent;
  if (now - heard_at < ping_after || pinged_for_ == heard_at) return verdict::nothing;
  pinged_for_ = heard_at;
  return verdict::ping;
}

bool peer_watch::ping_along(time_point now, time_point heard_at) {
  if (now - heard_at < ping_along_after || pinged_for_ == heard_at) return false;
  pinged_for_ = heard_at;
  return true;
}

peer_watch::time_point peer_watch::next_look(time_point heard_at,
                                             std::optional<time_point> stalled_since) const {
  const auto silence = heard_at + (pinged_for_ == heard_at ? silence_max : ping_after);
  return stalled_since ? std::min(silence, *stalled_since + stall_max) : silence;
}

}  // namespace innkeeper::transport
