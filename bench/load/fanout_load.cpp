#include "bench/load/fanout_load.hpp"

#include <stdexcept>
#include <utility>

#include "bench/load/clock.hpp"

namespace innkeeper::bench {

fanout_load::fanout_load(swarm& through, std::size_t delivered_bytes)
    : swarm_(through),
      rooms_(through.options().rooms),
      got_(through.size()),
      messages_(rooms_.size() * in_flight_max) {
  for (std::size_t room = 0; room < rooms_.size(); ++room) {
    rooms_[room].message = chat_message(through.options().speaks, delivered_bytes,
                                        through.suffix(room * through.options().per_room));
  }
}

void fanout_load::say(std::size_t room, std::size_t count, std::int64_t at) {
  auto& state = rooms_[room];
  burst_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    auto& next = message(room, state.said++);
    if (next.missing != 0) {
      throw std::runtime_error("The server falls behind by more than 512 messages in one room.");
    }
    next = {static_cast<std::uint32_t>(swarm_.options().per_room), at};
    burst_ += state.message;
  }
  swarm_.send(room * swarm_.options().per_room, burst_);
}

std::uint64_t fanout_load::count(std::size_t connection, std::size_t frames) {
  const auto room = connection / swarm_.options().per_room;
  auto& state = rooms_[room];
  const auto first = got_[connection];
  got_[connection] += frames;
  deliveries_ += frames;
  if (got_[connection] > state.said) {
    throw std::runtime_error("A connection has got more messages than were sent.");
  }
  for (auto number = first; number < got_[connection]; ++number) {
    if (--message(room, number).missing > 0) continue;
    ++state.completed;
    if (!std::exchange(state.touched, true)) touched_.push_back(room);
  }
  return first;
}

steady_fanout::steady_fanout(swarm& through, std::size_t bytes, std::size_t in_flight,
                             double seconds)
    : fanout_load(through, bytes),
      in_flight_(in_flight),
      measured_from_(now_ns() + warm_up_ns),
      measured_ns_(to_ns(seconds)) {
  for (std::size_t room = 0; room < rooms_.size(); ++room) {
    rooms_[room].touched = true;
    touched_.push_back(room);
  }
}

void steady_fanout::received(std::size_t connection, std::size_t frames, std::int64_t) {
  count(connection, frames);
}

void steady_fanout::turn_ended(std::int64_t now) {
  if (!touched_.empty()) mark(now);
  for (const auto room : touched_) {
    auto& state = rooms_[room];
    state.touched = false;
    if (!ended_) say(room, in_flight_ - (state.said - state.completed), now);
  }
  touched_.clear();
}

/// It is measured from one completed message to another: a slow server delivers in bursts.
void steady_fanout::mark(std::int64_t now) {
  if (!begun_ && now >= measured_from_) {
    begun_ = true;
    first_ = deliveries_;
    first_at_ = now;
  } else if (begun_ && !ended_ && now >= first_at_ + measured_ns_) {
    ended_ = true;
    last_ = deliveries_;
    last_at_ = now;
  }
}

bool steady_fanout::finished(std::int64_t) const {
  if (!ended_) return false;
  for (const auto& state : rooms_) {
    if (state.completed != state.said) return false;
  }
  return true;
}

double steady_fanout::rate() const {
  return static_cast<double>(last_ - first_) / to_seconds(last_at_ - first_at_);
}

paced_fanout::paced_fanout(swarm& through, std::size_t bytes, double rate, double seconds)
    : fanout_load(through, bytes),
      interval_ns_(to_ns(1.0 / rate)),
      next_at_(now_ns()),
      measured_from_(next_at_ + warm_up_ns),
      until_(measured_from_ + to_ns(seconds)) {}

void paced_fanout::received(std::size_t connection, std::size_t frames, std::int64_t now) {
  const auto first = count(connection, frames);
  const auto room = connection / swarm_.options().per_room;
  for (auto number = first; number < first + frames; ++number) {
    const auto said_at = message(room, number).said_at;
    if (said_at >= measured_from_) latency_.add(now - said_at);
  }
}

void paced_fanout::turn_ended(std::int64_t now) {
  for (const auto room : touched_) rooms_[room].touched = false;
  touched_.clear();
  while (next_at_ <= now && next_at_ < until_) {
    say(next_room_, 1, next_at_);
    next_room_ = (next_room_ + 1) % rooms_.size();
    next_at_ += interval_ns_;
  }
}

bool paced_fanout::finished(std::int64_t now) const {
  if (now < until_) return false;
  for (const auto& state : rooms_) {
    if (state.completed != state.said) return false;
  }
  return true;
}

}  // namespace innkeeper::bench
