#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/hibernated_row.hpp"
#include "storage/hand_edits.hpp"

/// What objects, their directory and their sink tell each other: plain values, which never leave
/// the process. Those that only CAF's actors need are in actor_messages.hpp.
namespace innkeeper::durable {

/// To the directory: a message for an object, wherever it is and whether it sleeps or not.
struct deliver {
  address_ptr to;
  object_message message;
};

struct directory_entry;

/// The way to an object, for senders that talk to it again and again: its directory marks in it
/// where it has found the object, and need not look for it the next time.
struct cached_route {
  address_ptr to;
  /// The directory's entry, and which of its states that is of.
  directory_entry* place = nullptr;
  std::uint64_t as_of = 0;
};

/// The directory, as senders on its loop see it.
class object_router {
 public:
  virtual ~object_router() = default;
  /// Gives an object a message as `deliver` to its directory would.
  virtual void call_route(cached_route& there, object_message& message) = 0;
};

/// For the sink's mailbox: what an object says, in order, after everything it tells of is on disk.
struct object_outputs {
  address_ptr from;
  std::vector<object_output> outputs;
};

/// Why the senders of an object have to wait.
enum class back_pressure_source {
  /// Its turns wait for the disk. The object says so.
  commits,
  /// Messages wait for it to make up its mind about sleeping. The directory says so.
  waking,
};

/// To the sink: the senders of this object are to wait, or no longer. Both bottlenecks may be there
/// at once. The newest news of a bottleneck counts.
struct back_pressure_change {
  address_ptr of;
  back_pressure_source where = back_pressure_source::commits;
  bool congested = false;
};

/// Directory to object, among its messages: your alarm may be due.
struct ring {};

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

}  // namespace innkeeper::durable
