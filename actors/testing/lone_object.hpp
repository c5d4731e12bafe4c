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

/// For tests of a kind of object: one object of it, as the server would run it, but without a
/// server. Messages, time, sleep and restarts come when the test says so, and rows are kept in
/// memory. It fits any test framework. Not safe for threads.
namespace innkeeper::testing {

class lone_object {
 public:
  using outputs = std::vector<durable::object_output>;

  /// The object begins without rows, and is made by its first message.
  explicit lone_object(std::shared_ptr<const durable::object_kind> kind, std::string name = "test");

  lone_object(const lone_object&) = delete;
  lone_object& operator=(const lone_object&) = delete;

  /// Lets the object handle the message, stores its writes, and gives what leaves after that. What
  /// the object throws comes out here; then nothing is stored, and the next message meets a new
  /// instance.
  outputs tell(durable::object_message message);

  /// Moves the clock. Alarms that come due ring on the way, and the object falls asleep after ten
  /// idle seconds. An alarm that throws stays due: it rings again at the next call.
  outputs let_pass(std::chrono::milliseconds duration);

  /// Puts the object to sleep. What it gives to remember waits for its next instance.
  void sleep();

  /// As after kill -9: the next instance has the stored rows and the alarm, and nothing else.
  void restart();

  bool is_awake() const { return object_ != nullptr; }

  /// What a turn would see now: the time, the stored rows and the alarm.
  durable::turn now() const { return {now_ms_, rows_, alarm_ms_}; }

  /// As long as this is true, what a turn wants to store finds no room.
  bool disk_is_full = false;
  /// As long as this is true, each row that a turn reads is not here at first, so that the turn is
  /// rolled back and runs again: see late_rows.hpp.
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
  /// When the object last did something.
  std::int64_t active_ms_ = 0;
};

}  // namespace innkeeper::testing
