#pragma once

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/hibernated_row.hpp"
#include "actors/durable/output_gate.hpp"
#include "actors/durable/prefetch_hints.hpp"
#include "storage/batch_writer.hpp"
#include "storage/hand_edits.hpp"

/// What the runtime's actors tell each other. They never leave the process.
namespace innkeeper::durable {

/// To the directory: a message for an object, wherever it is and whether it sleeps or not.
struct deliver {
  address_ptr to;
  object_message message;
};

/// The way to an object, for those who talk to it again and again: its directory marks in it where
/// it has found the object, and need not look for it the next time.
struct cached_route {
  address_ptr to;
  /// The directory's entry, and which of its states that is of.
  void* place = nullptr;
  std::uint64_t as_of = 0;
};

/// Gives an object a message as `deliver` to its directory would. `through`, if it is not null, is
/// told where that has led. On the directory's loop.
using route_call =
    std::function<void(cached_route& there, object_message& message, prefetch_hints* through)>;

/// For the sink's postbag: what an object says, in order, after everything it tells of is on disk.
struct object_outputs {
  address_ptr from;
  std::vector<object_output> outputs;
};

/// Why those who talk to an object have to wait.
enum class back_pressure_source {
  /// Its turns wait for the disk. The object says so.
  commits,
  /// Messages wait for it to make up its mind about sleeping. The directory says so.
  waking,
};

/// To the sink: let whoever talks to this object wait, or no longer. Both bottlenecks may be there
/// at once; what was said before, the other way, about the same one no longer holds.
struct back_pressure_change {
  address_ptr of;
  back_pressure_source where = back_pressure_source::commits;
  bool congested = false;
};

/// Directory to object, among its messages: your alarm may be due.
struct ring {};

/// To the directory: somebody has changed rows of these objects by hand. Those of other loops are
/// among them.
struct rows_edited {
  std::shared_ptr<const storage::found_edits> found;
};

/// Directory to object, among its messages: your rows were changed by hand.
struct own_rows_edited {
  storage::hand_edits edits;
  /// Instances before this one know nothing of them.
  std::uint64_t first_sound = 0;
};

/// Object to directory: my alarm is on disk, or gone from it.
struct alarm_stored {
  address_ptr who;
  std::optional<std::int64_t> due_ms;
};

/// Directory to itself: look which alarms are due, and which come near.
struct look_for_alarms {
  /// Only the timer that was armed last counts.
  std::uint64_t timer = 0;
};

/// Object to itself: read your rows, anew.
struct hydrate_now {};

/// Directory to itself: objects that have just been woken wait for their rows.
struct hydrate_woken {};

/// Writer to object, by the postbag of its directory; to an object that is gone it is not sent.
struct batch_done {
  caf::strong_actor_ptr object;
  std::uint64_t instance;
  batch_number number;
  storage::commit_outcome outcome;
  /// What the batch did to the alarm, if anything.
  std::optional<storage::alarm_write> alarm;
};

/// Object to itself: what went wrong outside of its own turns.
struct mishap {
  std::exception_ptr what;
};

/// Directory to object: end if you can. Until the answer the directory holds what arrives for you.
struct fall_asleep {
  /// True when the process stops: however short a time you have been idle, but finish what is under
  /// way.
  bool at_once = false;
};

/// Object to directory: I end.
struct slept {
  address_ptr who;
  attachments left_behind;
  hibernated_row record;
  /// In `objects`; 0: none that it knows of.
  std::int64_t number = 0;
};

/// Object to directory: not now; last had something to do at this time of the actor clock.
struct stays_awake {
  address_ptr who;
  std::chrono::steady_clock::time_point active;
};

/// Directory to itself: look who has been idle.
struct look_for_idle {};

/// To the directory: end all objects; the answer `drained` goes to `whom`.
struct drain {
  caf::actor whom;
};

struct drained {};

}  // namespace innkeeper::durable

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::deliver)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::back_pressure_change)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::hydrate_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::hydrate_woken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::mishap)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::fall_asleep)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::slept)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::stays_awake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::look_for_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::alarm_stored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::look_for_alarms)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::rows_edited)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::drained)
