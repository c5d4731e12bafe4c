#pragma once

#include <any>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "storage/hand_edits.hpp"
#include "storage/row_reader.hpp"
#include "storage/table.hpp"
#include "storage/write_batch.hpp"

/// The interface that a kind of durable object implements. An object is a plain class: it sees
/// messages, its own rows and the time, and answers with values. It never sees an actor, a socket,
/// an SQL connection or a clock, so its rules can be tested without any of them. One object's calls
/// never overlap; they all come from the thread of its loop.
namespace innkeeper::durable {

class object_kind;

struct object_address {
  /// Outlives all addresses.
  const object_kind* kind = nullptr;
  std::string name;

  friend bool operator==(const object_address& a, const object_address& b) {
    return a.name == b.name && a.kind == b.kind;
  }
  /// By the kinds' names first.
  friend std::strong_ordering operator<=>(const object_address& a, const object_address& b);
};

struct object_address_hash {
  std::size_t operator()(const object_address& address) const {
    return std::hash<std::string>()(address.name);
  }
};

/// Shared by everybody who talks to or about the object.
using address_ptr = std::shared_ptr<const object_address>;

/// What an object is told; what it holds is between its kind and whoever sends it.
using object_message = std::any;
/// What an object has to say to the world; what it holds is between its kind and the sink.
using object_output = std::any;
/// Makes outputs that are hardly ever needed. Holds what it needs for that: it may be called after
/// the turn that it came from.
using outputs_maker = std::function<std::vector<object_output>()>;
/// What an object leaves behind in memory while it sleeps. Empty: nothing.
using attachments = std::any;

/// Thrown by an object_view when the disk fails a read. Objects let it pass; the runtime breaks the
/// object.
class read_failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown by an object_view when rows have yet to be fetched. The runtime rolls the turn back and
/// runs it again, from its beginning, when they are there; later messages wait at the input gate.
/// Objects let it pass: it is no std::exception, so that no handler for those takes it.
struct rows_not_here {};

/// The object's own rows as its last turn left them: what is committed, under what still waits for
/// its commit. Valid during one call.
///
/// Each read may throw read_failure or rows_not_here. What the runtime rolls back is a turn's
/// effects; it cannot undo what the turn has done to the object's own memory. So a turn reads
/// first, and changes the object and everything outside it only behind its last read.
class object_view {
 public:
  virtual ~object_view() = default;

  virtual std::optional<storage::row> get(const storage::table& from,
                                          const storage::row& key) const = 0;
  /// Shows the rows in this range, in key order, without a copy of them. Whoever reads meanwhile
  /// gets a std::logic_error. A failure may come when some have been shown.
  virtual void visit(const storage::table& from, const storage::row_range& range,
                     const storage::row_visitor& visitor) const = 0;

  /// The same rows, to be kept.
  std::vector<storage::keyed_row> list(const storage::table& from,
                                       const storage::row_range& range) const;
};

struct turn {
  /// Milliseconds since 1970-01-01 UTC.
  std::int64_t now_ms;
  const object_view& stored;
  /// When this object's alarm is due, by its last turn; nothing if it has none.
  std::optional<std::int64_t> alarm_ms = std::nullopt;
  /// Milliseconds by the server's own clock: it runs while a server runs, also while the machine
  /// sleeps, and never jumps, whatever becomes of the time of day. For durations.
  std::int64_t server_ms = now_ms;
};

/// Sets the object's one alarm, or takes it away. In one transaction with the turn's writes.
struct alarm_change {
  /// Milliseconds since 1970-01-01 UTC; in the past means as soon as possible. Nothing: no alarm.
  std::optional<std::int64_t> due_ms;
};

/// What a turn wants to happen. `outputs` leave once every write of this object up to this turn is
/// on disk, in order with those of other turns.
struct effects {
  storage::write_batch writes;
  std::vector<object_output> outputs;
  /// Gives what leaves in place of `outputs` if the disk has no room for the writes; none: nothing.
  outputs_maker if_storage_full{};
  /// Nothing leaves the alarm as it is.
  std::optional<alarm_change> alarm;
  /// False for a turn that should not keep the object awake, such as a question.
  bool is_activity = true;
};

class durable_object {
 public:
  virtual ~durable_object() = default;

  /// Called before anything else: reads what the object needs to answer. Takes what it wants from
  /// `left_behind` only behind its last read: if rows are not here, another new object hydrates.
  virtual void hydrate(const turn& now, attachments&& left_behind) = 0;
  /// One turn. Leaves the message as it is until its last read, too.
  virtual effects handle(object_message& message, const turn& now) = 0;
  /// Called when the alarm is due or overdue, at least once: again after a crash, and if this
  /// throws or its commit fails. After this turn there is no alarm, unless the turn sets one.
  virtual effects on_alarm(const turn& /*now*/) { return {}; }
  /// Called when somebody has changed rows of this object by hand, right after hydrate() has read
  /// them: tells those whom it concerns. `edits` are of this object alone.
  virtual effects on_hand_edits(const storage::hand_edits& /*edits*/, const turn& /*now*/) {
    return {};
  }
  /// Called when nothing is under way: what has to outlive this instance but is not stored.
  virtual attachments sleep() = 0;
};

/// A kind of object, as the composition root hands it to the directory. Shared by all loops: has to
/// be immutable.
class object_kind {
 public:
  virtual ~object_kind() = default;

  virtual std::string_view name() const = 0;
  virtual std::unique_ptr<durable_object> make(const object_address& address) const = 0;

  /// A sleeping object's chance to take a message without waking: gives what is to be sent, at
  /// once, and may change the attachments. Nothing means: wake the object and let it handle the
  /// message.
  virtual std::optional<std::vector<object_output>> handle_hibernated(
      attachments& left_behind, const object_message& message) const = 0;

  /// About how many bytes an output keeps in memory while it waits at the gate.
  virtual std::size_t bytes_of(const object_output& /*output*/) const {
    return sizeof(object_output);
  }

  /// What is sent when an object has lost its footing (a commit rejected, the disk failing reads).
  virtual std::vector<object_output> when_broken() const = 0;
};

inline std::strong_ordering operator<=>(const object_address& a, const object_address& b) {
  const auto by_kind = a.kind->name() <=> b.kind->name();
  return std::is_eq(by_kind) ? a.name <=> b.name : by_kind;
}

}  // namespace innkeeper::durable
