#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/hibernated_row.hpp"
#include "actors/durable/messages.hpp"

/// What a directory needs from the actors around it: live objects, timers and the sink. Tests
/// implement it without CAF. On the home loop.
namespace innkeeper::durable {

/// The interface of an awake object for its directory.
class live_object {
 public:
  virtual ~live_object() = default;

  /// Reads its rows for the first time and handles the message that woke it. That message usually
  /// needs the session's rows. The caller holds a storage::reads_together, which several objects
  /// share.
  virtual void call_hydrate() = 0;
  virtual void post_message(object_message&& message) = 0;
  /// Its rows were edited by hand. It drops its state that is not stored, hydrates again, and
  /// notifies its clients.
  virtual void call_edited(object_message&& own_rows_edited) = 0;
  /// Asks it to end. It answers `slept` or `stays_awake`.
  virtual void post_fall_asleep(bool at_once) = 0;
  /// Its number in `objects`; 0: not known.
  virtual std::int64_t number() const = 0;
};

class object_host {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~object_host() = default;

  /// Makes a live object. It reads its rows when call_hydrate() is called.
  virtual std::shared_ptr<live_object> call_make(const address_ptr& who, hibernated_row record,
                                                 attachments left_behind) = 0;
  /// The time by the timers' clock.
  virtual time_point now() const = 0;
  /// Schedules a call of directory::hydrate_woken_objects.
  virtual void post_hydration() = 0;
  /// Schedules a call of directory::look_for_idle_objects at `when`.
  virtual void post_idle_look(time_point when) = 0;
  /// Schedules a call of directory::look_for_alarms with this timer's number after `wait`.
  virtual void post_alarm_look(std::chrono::milliseconds wait, std::uint64_t timer) = 0;
  /// Sends outputs to the sink.
  virtual void post_outputs(object_outputs said) = 0;
  virtual void post_back_pressure(back_pressure_change news) = 0;
};

}  // namespace innkeeper::durable
