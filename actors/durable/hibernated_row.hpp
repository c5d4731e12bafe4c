#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "storage/row_reader.hpp"

/// A hibernated object's row in `objects`. The row does not change while the object hibernates, so
/// waking needs no read of it. Small, because there may be very many. A value: any thread.
namespace innkeeper::durable {

class hibernated_row {
 public:
  /// Holds no row.
  hibernated_row() = default;
  /// Holds no row if the object's alarm is being retried.
  explicit hibernated_row(const storage::stored_object& of) {
    const bool is_tried_again = of.alarm_ms && of.alarm_attempt != 0;
    if (is_tried_again || of.alarm_ms == no_alarm) return;
    number_ = of.number;
    alarm_ms_ = of.alarm_ms.value_or(no_alarm);
  }

  /// Nothing if it holds no row.
  std::optional<storage::stored_object> row() const {
    if (number_ == 0) return std::nullopt;
    storage::stored_object its;
    its.number = number_;
    if (alarm_ms_ != no_alarm) its.alarm_ms = alarm_ms_;
    return its;
  }

 private:
  static constexpr std::int64_t no_alarm = std::numeric_limits<std::int64_t>::min();

  /// 0: no row. Valid numbers start at 1.
  std::int64_t number_ = 0;
  std::int64_t alarm_ms_ = no_alarm;
};

}  // namespace innkeeper::durable
