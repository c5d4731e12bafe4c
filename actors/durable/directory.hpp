#pragma once

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <caf/system_messages.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/durable/alarm_schedule.hpp"
#include "actors/durable/durable_object.hpp"
#include "actors/durable/fifo.hpp"
#include "actors/durable/hibernated_row.hpp"
#include "actors/durable/home_actor.hpp"
#include "actors/durable/messages.hpp"
#include "actors/durable/runtime.hpp"

/// Name -> the one live instance of each object whose home is this loop. It wakes objects by
/// delivering to them and sends idle ones to sleep. No message is lost or doubled meanwhile: from
/// the moment an object is asked to sleep, the directory holds what arrives for it, and gives it to
/// that instance if it stays, else to the next one. An actor on its home loop.
namespace innkeeper::durable {

class directory final : public home_actor {
 public:
  directory(caf::actor_config& config, std::shared_ptr<const runtime> shared);

  caf::behavior make_behavior() override;
  const char* name() const override { return "directory"; }
  void on_exit() override;

  /// What `deliver` does, at once: for actors of the same loop, which would wait for their message
  /// to the directory otherwise, and pay for it.
  void route_for(cached_route& there, object_message& message, prefetch_hints* through);

 private:
  using time_point = std::chrono::steady_clock::time_point;

  struct wakefulness {
    caf::actor live;
    /// Asked to sleep, has not answered.
    bool falling_asleep = false;
    /// Arrived while falling asleep.
    std::vector<object_message> held;
    /// Its rows were changed by hand since it was asked to sleep: what it says of its row may be
    /// wrong.
    bool is_edited = false;
    /// So many are held that senders have been asked to wait.
    bool congested = false;
    /// When to look whether it is idle.
    time_point look_at;
  };
  /// Neither awake nor with attachments: not in the table at all.
  struct entry {
    address_ptr address;
    /// Null while asleep: there may be very many of those.
    std::unique_ptr<wakefulness> awake;
    attachments left_behind;
    hibernated_row record;
    /// Of a sleeping object, in `objects`; 0: not known.
    std::int64_t number = 0;
  };
  using look = std::pair<time_point, address_ptr>;
  /// By name where the time is the same, so that a run can be repeated.
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
      return &a == &b || a == b;  // mostly it is the very one
    }
  };
  /// By the entries' own addresses.
  using table = std::unordered_map<const object_address*, entry, hash_of_address, same_address>;

  entry& entry_of(const address_ptr& who);
  void route(entry& to, object_message& message);
  void hold(entry& undecided, object_message& message);
  void report_congestion(entry& of, bool congested);
  /// True if the sleeping object took the message without waking.
  bool handle_hibernated(entry& sleeping, object_message& message);
  void wake(entry& sleeping);
  void hydrate_woken_objects();
  void tell_of_commits();
  void fell_asleep(slept& report);
  void stayed_awake(const stays_awake& report);
  void ended(const caf::down_msg& down);
  /// Routes what was held while the object made up its mind.
  void route_held(const address_ptr& to, std::vector<object_message> held);
  void keep(entry& of, slept& report);
  void erase_if_nothing_left(const entry& of);

  void schedule_look(entry& awake, time_point when);
  void arm_timer();
  void look_for_idle_objects();
  void alarm_was_stored(const alarm_stored& report);
  void ring_due_alarms();
  void read_coming_alarms();
  void arm_alarm_timer();
  void ask_to_sleep(entry& awake, bool at_once);
  void hear_of_edits(const storage::found_edits& found);
  void hear_of_edits(entry& edited, own_rows_edited&& its);
  void start_draining(caf::actor whom);
  void report_if_drained();

  std::shared_ptr<const runtime> shared_;
  std::shared_ptr<batch_mailbox<batch_done>> reports_;
  table entries_;
  /// Their rows have yet to be read, for the first time.
  fifo<caf::actor> woken_;
  /// How many entries have gone, from 1: what is known of places holds until the next one goes.
  std::uint64_t state_ = 1;
  /// Awake objects by the time of their next look.
  std::set<look, sooner> looks_;
  bool timer_armed_ = false;

  alarm_schedule alarms_;
  /// Alarms due up to here have been read from the file.
  std::int64_t alarms_read_until_ms_ = 0;
  std::uint64_t alarm_timer_ = 0;
  std::size_t awake_ = 0;
  bool ended_ = false;
  /// The process stops: whoever still wakes is sent to sleep as soon as it is done.
  bool draining_ = false;
  std::vector<caf::actor> drain_listeners_;
};

/// `directory::route_for` of this directory, which has to outlive it.
route_call route_of(const caf::actor& directory);

}  // namespace innkeeper::durable
