#include "actors/durable/alarm_schedule.hpp"

#include <memory>

namespace innkeeper::durable {

void alarm_schedule::set(const address_ptr& who, std::int64_t due_ms) {
  remove(*who);
  due_by_address_[*who] = due_ms;
  by_time_.emplace(due_ms, *who);
}

void alarm_schedule::remove(const object_address& who) {
  const auto found = due_by_address_.find(who);
  if (found == due_by_address_.end()) return;
  by_time_.erase({found->second, who});
  due_by_address_.erase(found);
}

std::vector<address_ptr> alarm_schedule::take_due(std::int64_t now_ms, std::size_t limit) {
  std::vector<address_ptr> due;
  while (due.size() < limit && !by_time_.empty() && by_time_.begin()->first <= now_ms) {
    due.push_back(std::make_shared<const object_address>(by_time_.begin()->second));
    remove(*due.back());
  }
  return due;
}

std::optional<std::int64_t> alarm_schedule::next_ms() const {
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

std::optional<std::int64_t> alarm_retry_delay_ms(std::int64_t attempt, std::uint64_t spread) {
  constexpr std::int64_t retries_max = 6;  // as in Durable Objects; clients never see it
  constexpr std::int64_t first_delay_ms = 2000;
  if (attempt >= retries_max) return std::nullopt;
  const auto delay = first_delay_ms << attempt;
  return delay + static_cast<std::int64_t>(spread % static_cast<std::uint64_t>(delay / 4));
}

}  // namespace innkeeper::durable
