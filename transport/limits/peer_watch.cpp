#include "transport/limits/peer_watch.hpp"

namespace innkeeper::transport {

peer_watch::verdict peer_watch::look(time_point now, time_point heard_at,
                                     std::optional<time_point> stalled_since,
                                     const patience& have) {
  const bool minds_stall = have.stall.count() > 0;
  if (minds_stall && stalled_since && now - *stalled_since >= have.stall) return verdict::stalled;
  if (have.silence.count() == 0) return verdict::nothing;
  if (now - heard_at >= have.silence) return verdict::silent;
  if (now - heard_at < have.ping_after() || pinged_for_ == heard_at) return verdict::nothing;
  pinged_for_ = heard_at;
  return verdict::ping;
}

bool peer_watch::ping_along(time_point now, time_point heard_at, const patience& have) {
  if (have.silence.count() == 0 || now - heard_at < have.ping_along_after()) return false;
  if (pinged_for_ == heard_at) return false;
  pinged_for_ = heard_at;
  return true;
}

peer_watch::time_point peer_watch::next_look(time_point heard_at,
                                             std::optional<time_point> stalled_since,
                                             const patience& have) const {
  auto next = time_point::max();
  if (have.silence.count() > 0) {
    next = heard_at + (pinged_for_ == heard_at ? have.silence : have.ping_after());
  }
  if (have.stall.count() > 0 && stalled_since) next = std::min(next, *stalled_since + have.stall);
  return next;
}

}  // namespace innkeeper::transport
