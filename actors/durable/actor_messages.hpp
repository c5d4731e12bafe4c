#pragma once

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>

#include "actors/durable/home_handle.hpp"
#include "actors/durable/messages.hpp"
#include "actors/durable/output_gate.hpp"
#include "storage/batch_writer.hpp"
#include "storage/hand_edits.hpp"

/// Messages between the runtime's actors beside those of messages.hpp, and CAF's permission to send
/// both. They never leave the process.
namespace innkeeper::durable {

class durable_actor;

/// To the directory: rows were edited by hand. The edits may include objects of other loops.
struct rows_edited {
  std::shared_ptr<const storage::found_edits> found;
};

/// Directory to itself: ring the alarms that are due, and read those that are due soon.
struct look_for_alarms {
  /// Only the timer that was armed last counts.
  std::uint64_t timer = 0;
};

/// Object to itself: read the rows again.
struct hydrate_now {};

/// Directory to itself: newly woken objects wait for hydration.
struct hydrate_woken {};

/// Writer to object, through the batch mailbox of its directory. An object that has ended receives
/// none.
struct batch_done {
  home_handle<durable_actor> object;
  std::uint64_t instance;
  batch_number number;
  storage::commit_outcome outcome;
  /// The batch's change of the alarm, if any.
  std::optional<storage::alarm_write> alarm;
};

/// Object to itself: an exception from outside CAF's turns of its actor.
struct mishap {
  std::exception_ptr what;
};

/// Directory to object: end if possible. Until the answer the directory holds the object's
/// messages.
struct fall_asleep {
  /// True when the process stops: the object ends even if it was active recently, but finishes
  /// pending work first.
  bool at_once = false;
};

/// Directory to itself: look for idle objects.
struct look_for_idle {};

/// To the directory: end all objects, then send `drained` to `whom`.
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
