#include "actors/durable/back_pressure.hpp"

namespace innkeeper::durable {

bool back_pressure::update(const backlog& now) {
  const bool before = congested_;
  congested_ = congested_ ? !drained(now) : over(now);
  return congested_ != before;
}

/// While the writer is behind, only objects with held turns are congested.
bool back_pressure::over(const backlog& now) const {
  return now.turns > limits_.turns_max || now.bytes > limits_.bytes_max ||
         now.held_messages > limits_.held_messages_max || (now.disk_is_behind && now.turns > 0);
}

/// An object without waiting work is always drained: no later event would report the change.
bool back_pressure::drained(const backlog& now) const {
  if (now.turns == 0 && now.held_messages == 0) return true;
  return now.turns <= limits_.turns_max / 2 && now.bytes <= limits_.bytes_max / 2 &&
         now.held_messages <= limits_.held_messages_max / 2 && !now.disk_is_behind;
}

}  // namespace innkeeper::durable
