#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/testing/memory_rows.hpp"

/// For tests of a kind: runs one object as the server would, without a server. The test controls
/// messages, time, hibernation and restarts. Rows are in memory. It works with any test framework.
/// Not thread-safe.
namespace innkeeper::testing {

class lone_object {
 public:
  using outputs = std::vector<durable::object_output>;

  /// The object starts without rows. Its first message creates it.
  explicit lone_object(std::shared_ptr<const durable::object_kind> kind, std::string name = "test");

  lone_object(const lone_object&) = delete;
  lone_object& operator=(const lone_object&) = delete;

  /// Lets the object handle the message, stores its writes, and returns its outputs. Exceptions of
  /// the object reach the caller. Then nothing is stored, and the next message gets a new instance.
  outputs tell(durable::object_message message);

  /// Moves the clock. Due alarms ring meanwhile, and the object hibernates after ten idle seconds.
  /// An alarm that throws stays due and rings again at the next call.
  outputs let_pass(std::chrono::milliseconds duration);

  /// Makes the object hibernate. Its next instance receives the attachments.
  void sleep();

  /// As after kill -9: the next instance has only the stored rows and the alarm.
  void restart();

  bool is_awake() const { return object_ != nullptr; }

  /// What a turn would receive now: the time, the stored rows and the alarm.
  durable::turn now() const { return {now_ms_, rows_, alarm_ms_}; }

  /// While this is true, the disk is full: a turn's writes are not stored.
  bool disk_is_full = false;
  /// While this is true, each row that a turn reads is not here at first. So the turn is rolled
  /// back and runs again: see late_rows.hpp.
  bool rows_come_late = false;

 private:
  void wake();
  void move_to(std::int64_t time_ms);
  outputs ring();
  outputs take_turn(const std::function<durable::effects(const durable::turn&)>& turn);
  void run(const std::function<void(const durable::turn&)>& turn);

  const std::shared_ptr<const durable::object_kind> kind_;
  const durable::object_address address_;
  memory_rows rows_;
  std::int64_t now_ms_;
  std::optional<std::int64_t> alarm_ms_;
  std::unique_ptr<durable::durable_object> object_;
  durable::attachments left_behind_;
  /// The time of the object's last activity.
  std::int64_t active_ms_ = 0;
};

}  // namespace innkeeper::testing
