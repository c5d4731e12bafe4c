#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/durable/alarm_schedule.hpp"
#include "actors/durable/durable_object.hpp"
#include "actors/durable/fifo.hpp"
#include "actors/durable/hibernated_row.hpp"
#include "actors/durable/messages.hpp"
#include "actors/durable/object_host.hpp"

/// Maps a name to the one live instance of each object whose home is this loop. It wakes objects by
/// delivering to them, and asks idle ones to hibernate. Meanwhile no message is lost or doubled.
/// From the moment an object is asked, the directory holds its messages. It then passes them to
/// that instance if it stays awake, else to the next one. A plain class without CAF:
/// `directory_actor` calls it. On the home loop.
namespace innkeeper::durable {

struct runtime;

/// An object that is neither awake nor has attachments is not in the table.
struct directory_entry {
  struct wakefulness {
    std::shared_ptr<live_object> live;
    /// The object was asked to hibernate and has not answered.
    bool falling_asleep = false;
    /// Messages that arrived while `falling_asleep`.
    std::vector<object_message> held;
    /// Its rows were edited by hand after it was asked to hibernate. So the row that it reports may
    /// be wrong.
    bool is_edited = false;
    /// More messages are held than the limit, and senders were asked to wait.
    bool congested = false;
    /// When to check whether it is idle.
    std::chrono::steady_clock::time_point look_at;
  };

  address_ptr address;
  /// Null while asleep: there may be very many such entries.
  std::unique_ptr<wakefulness> awake;
  attachments left_behind;
  hibernated_row record;
  /// A hibernated object's number in `objects`; 0: not known.
  std::int64_t number = 0;
};

class directory final : public object_router {
 public:
  /// The host has to outlive the directory.
  directory(object_host& host, std::shared_ptr<const runtime> shared);

  void deliver_to(const address_ptr& who, object_message& message);
  /// The same as deliver_to, called directly by actors of the same loop. This saves a CAF message
  /// to the directory.
  void call_route(cached_route& there, object_message& message) override;

  // Reports of objects.
  void fell_asleep(slept& report);
  void stayed_awake(const stays_awake& report);
  void alarm_was_stored(const alarm_stored& report);
  /// Its actor ended without a report. Its connections have to reconnect, and reach a new instance.
  void ended(const live_object* which);

  // Called when a timer or a post_ call of the host fires.
  void hydrate_woken_objects();
  void look_for_idle_objects();
  /// Rings the alarms that are due. Only the timer that was armed last counts.
  void look_for_alarms(std::uint64_t timer);

  void rows_were_edited(const storage::found_edits& found);
  /// Ends all objects, and calls back when all have ended.
  void drain(std::function<void()> drained);
  /// After this call no message is routed.
  void end();

 private:
  using time_point = object_host::time_point;
  using entry = directory_entry;
  using look = std::pair<time_point, address_ptr>;
  /// Equal times are ordered by name, so that a run can be repeated.
  struct sooner {
    bool operator()(const look& a, const look& b) const {
      return a.first != b.first ? a.first < b.first : *a.second < *b.second;
    }
  };
  struct hash_of_address {
    using is_transparent = void;
    std::size_t operator()(const object_address& of) const { return object_address_hash()(of); }
    std::size_t operator()(const object_address* of) const { return (*this)(*of); }
  };
  struct same_address {
    using is_transparent = void;
    static const object_address& value(const object_address& of) { return of; }
    static const object_address& value(const object_address* of) { return *of; }
    template <class Left, class Right>
    bool operator()(const Left& left, const Right& right) const {
      const auto& a = value(left);
      const auto& b = value(right);
      return &a == &b || a == b;  // usually the same address object
    }
  };
  /// The keys point to the entries' own addresses.
  using table = std::unordered_map<const object_address*, entry, hash_of_address, same_address>;

  entry& entry_of(const address_ptr& who);
  void route(entry& to, object_message& message);
  void hold(entry& undecided, object_message& message);
  void report_congestion(entry& of, bool congested);
  /// True if the hibernated object took the message without waking.
  bool handle_hibernated(entry& sleeping, object_message& message);
  void wake(entry& sleeping);
  /// Routes the messages that were held while the object decided whether it hibernates.
  void route_held(const address_ptr& to, std::vector<object_message> held);
  void keep(entry& of, slept& report);
  void erase_if_nothing_left(const entry& of);

  void schedule_look(entry& awake, time_point when);
  void arm_timer();
  void ring_due_alarms();
  void read_coming_alarms();
  void arm_alarm_timer();
  void ask_to_sleep(entry& awake, bool at_once);
  void tell_of_edits(entry& edited, own_rows_edited&& its);
  void report_if_drained();

  object_host& host_;
  std::shared_ptr<const runtime> shared_;
  table entries_;
  /// Woken objects that wait for their first hydration.
  fifo<std::shared_ptr<live_object>> woken_;
  /// Number of erased entries plus 1. A cached route is valid until an entry is erased.
  std::uint64_t state_ = 1;
  /// Awake objects, ordered by the time of their next idle check.
  std::set<look, sooner> looks_;
  bool timer_armed_ = false;

  alarm_schedule alarms_;
  /// Alarms due up to this time have been read from the file.
  std::int64_t alarms_read_until_ms_ = 0;
  std::uint64_t alarm_timer_ = 0;
  std::size_t awake_ = 0;
  bool ended_ = false;
  /// The process stops: an object that still wakes is asked to end after its messages.
  bool draining_ = false;
  std::vector<std::function<void()>> drain_listeners_;
};

}  // namespace innkeeper::durable
