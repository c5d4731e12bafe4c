#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/hibernated_row.hpp"
#include "actors/durable/messages.hpp"

/// What a directory needs of the actors around it: live objects, timers and the way to the sink.
/// With other implementations a test runs a directory without CAF. On the home loop.
namespace innkeeper::durable {

/// An object that is awake, as its directory sees it.
class live_object {
 public:
  virtual ~live_object() = default;

  /// Reads its rows for the first time and answers the sender that has woken it, which mostly takes
  /// a look at the session's rows: while a storage::reads_together lives, which others share.
  virtual void call_hydrate() = 0;
  virtual void post_message(object_message&& message) = 0;
  /// Somebody has changed its rows by hand: what it knows and has not stored is void. It hydrates
  /// afresh, and tells its clients.
  virtual void call_edited(object_message&& own_rows_edited) = 0;
  /// Its answer is `slept` or `stays_awake`.
  virtual void post_fall_asleep(bool at_once) = 0;
  /// By which it is in `objects`, as far as it knows; else 0.
  virtual std::int64_t number() const = 0;
};

class object_host {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~object_host() = default;

  /// Makes an object live. It reads its rows when it is told to.
  virtual std::shared_ptr<live_object> call_make(const address_ptr& who, hibernated_row record,
                                                 attachments left_behind) = 0;
  /// By the clock of the timers.
  virtual time_point now() const = 0;
  /// Has directory::hydrate_woken_objects called.
  virtual void post_hydration() = 0;
  /// Has directory::look_for_idle_objects called then.
  virtual void post_idle_look(time_point when) = 0;
  /// Has directory::look_for_alarms called with this timer's number.
  virtual void post_alarm_look(std::chrono::milliseconds wait, std::uint64_t timer) = 0;
  /// To the sink.
  virtual void post_outputs(object_outputs said) = 0;
  virtual void post_back_pressure(back_pressure_change news) = 0;
};

}  // namespace innkeeper::durable
