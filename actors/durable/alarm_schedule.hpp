#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "actors/durable/durable_object.hpp"

/// The alarms that are due within the next minute, in memory. The rest stay on disk until they are
/// due soon. No clock: callers pass the time. On its directory's loop.
namespace innkeeper::durable {

class alarm_schedule {
 public:
  /// Replaces the object's earlier alarm.
  void set(const address_ptr& who, std::int64_t due_ms);
  void remove(const object_address& who);

  /// Takes out at most `limit` alarms that are due, the earliest first.
  std::vector<address_ptr> take_due(std::int64_t now_ms, std::size_t limit);

  /// The time of the next alarm.
  std::optional<std::int64_t> next_ms() const;

 private:
  std::map<object_address, std::int64_t> due_by_address_;
  std::set<std::pair<std::int64_t, object_address>> by_time_;
};

/// The delay before an alarm is retried after failure number `attempt` (from 0): 2, 4, 8 ...
/// seconds. The delay grows by up to a quarter, so that alarms that failed together spread out.
/// `spread` is any number. Nothing after the sixth retry: the alarm is given up.
std::optional<std::int64_t> alarm_retry_delay_ms(std::int64_t attempt, std::uint64_t spread);

}  // namespace innkeeper::durable
