#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/hibernated_row.hpp"
#include "storage/hand_edits.hpp"

/// Messages between objects, their directory and their sink: plain values, which never leave the
/// process. Messages that only CAF's actors need are in actor_messages.hpp.
namespace innkeeper::durable {

/// To the directory: a message for an object, awake or asleep.
struct deliver {
  address_ptr to;
  object_message message;
};

struct directory_entry;

/// A cached route to an object, for senders that use it repeatedly. The directory stores in it the
/// entry that it has found, and skips the look-up next time.
struct cached_route {
  address_ptr to;
  /// The directory's entry. It is valid while the directory's state number equals `as_of`.
  directory_entry* place = nullptr;
  std::uint64_t as_of = 0;
};

/// The interface of the directory for senders on its loop.
class object_router {
 public:
  virtual ~object_router() = default;
  /// Delivers a message to an object, as a `deliver` to its directory does.
  virtual void call_route(cached_route& there, object_message& message) = 0;
};

/// To the sink's mailbox: an object's outputs, in order. The writes that they reveal are on disk.
struct object_outputs {
  address_ptr from;
  std::vector<object_output> outputs;
};

/// Why the senders to an object have to wait.
enum class back_pressure_source {
  /// Its turns wait for the disk. The object reports this.
  commits,
  /// Messages wait while the object decides whether it hibernates. The directory reports this.
  waking,
};

/// To the sink: senders to this object have to wait, or no longer have to. Both sources may be
/// congested at once. The newest change of a source counts.
struct back_pressure_change {
  address_ptr of;
  back_pressure_source where = back_pressure_source::commits;
  bool congested = false;
};

/// Directory to object, among its messages: the object's alarm may be due.
struct ring {};

/// Directory to object, among its messages: the object's rows were edited by hand.
struct own_rows_edited {
  storage::hand_edits edits;
  /// Instances with a lower number may not have read these edits.
  std::uint64_t first_sound = 0;
};

/// Object to directory: the object's alarm is on disk, or has been removed from it.
struct alarm_stored {
  address_ptr who;
  std::optional<std::int64_t> due_ms;
};

/// Object to directory: the object hibernates and its actor ends.
struct slept {
  address_ptr who;
  attachments left_behind;
  hibernated_row record;
  /// Number in `objects`; 0: not known.
  std::int64_t number = 0;
};

/// Object to directory: the object stays awake. It was last active at this time of the actor clock.
struct stays_awake {
  address_ptr who;
  std::chrono::steady_clock::time_point active;
};

}  // namespace innkeeper::durable
