#include "transport/gateway/ping_rounds.hpp"

#include "proto/limits.hpp"

namespace innkeeper::transport {
namespace {

/// Pings that would be due within a tick are due together: one wake-up, one look at the clock.
constexpr std::chrono::milliseconds ping_tick{250};
/// So many connections of a round have their turn in one of the loop's. It paces the loop, and
/// nothing is refused.
constexpr std::size_t pings_per_turn_max = 256;

}  // namespace

void ping_rounds::add(sockets::connection_id who, time_point now) {
  const auto due = now + std::chrono::milliseconds(proto::ping_interval_ms);
  const auto tick = due - due.time_since_epoch() % ping_tick + ping_tick;
  if (rounds_.empty() || rounds_.back().due != tick) rounds_.push_back({tick, {}});
  rounds_.back().whom.push_back(who);
}

std::optional<ping_rounds::time_point> ping_rounds::next_due() const {
  if (rounds_.empty()) return std::nullopt;
  return rounds_.front().due;
}

std::vector<sockets::connection_id> ping_rounds::take_due(time_point now) {
  std::vector<sockets::connection_id> due;
  due.reserve(pings_per_turn_max);
  while (due.size() < pings_per_turn_max && !rounds_.empty() && rounds_.front().due <= now) {
    auto& first = rounds_.front();
    due.push_back(first.whom[first.taken++]);
    if (first.taken == first.whom.size()) rounds_.pop_front();
  }
  return due;
}

}  // namespace innkeeper::transport
