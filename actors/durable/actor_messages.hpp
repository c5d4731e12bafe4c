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

/// What the runtime's actors tell each other beside messages.hpp, and CAF's leave to send either.
/// They never leave the process.
namespace innkeeper::durable {

class durable_actor;

/// To the directory: somebody has changed rows of these objects by hand. Those of other loops are
/// among them.
struct rows_edited {
  std::shared_ptr<const storage::found_edits> found;
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

/// Writer to object, by the batch mailbox of its directory. An object that is gone gets none.
struct batch_done {
  home_handle<durable_actor> object;
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
