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

/// The interface that a kind of durable object implements. An object is a plain class: it receives
/// messages, its own rows and the time, and returns values. It has no access to actors, sockets,
/// SQL connections or clocks, so tests need none of them. One object's calls never overlap; they
/// all run on its loop's thread.
namespace innkeeper::durable {

class object_kind;

struct object_address {
  /// Outlives all addresses.
  const object_kind* kind = nullptr;
  std::string name;

  friend bool operator==(const object_address& a, const object_address& b) {
    return a.name == b.name && a.kind == b.kind;
  }
  /// Orders by the kind's name first, then by the object's name.
  friend std::strong_ordering operator<=>(const object_address& a, const object_address& b);
};

struct object_address_hash {
  std::size_t operator()(const object_address& address) const {
    return std::hash<std::string>()(address.name);
  }
};

/// Shared by all code that refers to the object.
using address_ptr = std::shared_ptr<const object_address>;

/// A message to an object. Its content is agreed between the object's kind and the sender.
using object_message = std::any;
/// An output of an object. Its content is agreed between the object's kind and the sink.
using object_output = std::any;
/// Makes outputs that are rarely needed. It owns what it needs for that: the runtime may call it
/// after the turn that returned it.
using outputs_maker = std::function<std::vector<object_output>()>;
/// What an object keeps in memory while it hibernates. Empty: nothing.
using attachments = std::any;

/// Thrown by an object_view when the disk fails a read. Objects do not catch it; the runtime breaks
/// the object.
class read_failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown by an object_view when the rows have yet to be fetched. The runtime rolls the turn back
/// and runs it again from its beginning when they are there. Later messages wait at the input gate.
/// Objects do not catch it. It does not derive from std::exception, so that handlers for those do
/// not catch it either.
struct rows_not_here {};

/// The object's own rows as its last turn left them: committed rows, overlaid with uncommitted
/// ones. Valid during one call.
///
/// Each read may throw read_failure or rows_not_here. The runtime rolls back a turn's effects. It
/// cannot undo a turn's changes to the object's own memory. So a turn reads first. It changes the
/// object and everything outside only after its last read.
class object_view {
 public:
  virtual ~object_view() = default;

  virtual std::optional<storage::row> get(const storage::table& from,
                                          const storage::row& key) const = 0;
  /// Passes the rows in this range to the visitor in key order, without a copy. A read during the
  /// visit throws std::logic_error. A failure may come after some rows have been visited.
  virtual void visit(const storage::table& from, const storage::row_range& range,
                     const storage::row_visitor& visitor) const = 0;

  /// Copies of the rows that visit() passes.
  std::vector<storage::keyed_row> list(const storage::table& from,
                                       const storage::row_range& range) const;
};

struct turn {
  /// Milliseconds since 1970-01-01 UTC.
  std::int64_t now_ms;
  const object_view& stored;
  /// When this object's alarm is due, as of its last turn. Nothing: it has none.
  std::optional<std::int64_t> alarm_ms = std::nullopt;
  /// Milliseconds of the server's own clock, for durations. It runs while a server runs and while
  /// the machine sleeps. It never jumps, even when the time of day is changed.
  std::int64_t server_ms = now_ms;
};

/// Sets or removes the object's one alarm, in one transaction with the turn's writes.
struct alarm_change {
  /// Milliseconds since 1970-01-01 UTC; in the past means as soon as possible. Nothing: no alarm.
  std::optional<std::int64_t> due_ms;
};

/// The result of a turn. `outputs` leave once every write of this object up to this turn is on
/// disk. They keep their order with the outputs of other turns.
struct effects {
  storage::write_batch writes;
  std::vector<object_output> outputs;
  /// Makes the outputs that replace `outputs` if the disk has no room for the writes. Empty: no
  /// output replaces them.
  outputs_maker if_storage_full{};
  /// Nothing: the alarm stays unchanged.
  std::optional<alarm_change> alarm;
  /// False for a turn that should not keep the object awake, such as a query.
  bool is_activity = true;
};

class durable_object {
 public:
  virtual ~durable_object() = default;

  /// The first call: reads what the object needs to answer. It moves data out of `left_behind` only
  /// after its last read. If rows are not here, the runtime hydrates another new object.
  virtual void hydrate(const turn& now, attachments&& left_behind) = 0;
  /// One turn. Leaves the message unchanged until its last read.
  virtual effects handle(object_message& message, const turn& now) = 0;
  /// Called at least once when the alarm is due or overdue. The runtime calls it again after a
  /// crash, if it throws, or if its commit fails. After this turn there is no alarm, unless the
  /// turn sets one.
  virtual effects on_alarm(const turn& /*now*/) { return {}; }
  /// Called after rows of this object were edited by hand, right after hydrate() has read them. The
  /// object sends the changes to the clients concerned. `edits` are of this object alone.
  virtual effects on_hand_edits(const storage::hand_edits& /*edits*/, const turn& /*now*/) {
    return {};
  }
  /// Called when no work is pending. Returns what is not stored but has to outlive this instance.
  virtual attachments sleep() = 0;
};

/// A kind of object, as the composition root passes it to the directory. All loops share it, so it
/// has to be immutable.
class object_kind {
 public:
  virtual ~object_kind() = default;

  virtual std::string_view name() const = 0;
  virtual std::unique_ptr<durable_object> make(const object_address& address) const = 0;

  /// Lets a hibernated object take a message without waking. Returns the outputs to send at once,
  /// and may change the attachments. Nothing: the runtime wakes the object, which handles the
  /// message.
  virtual std::optional<std::vector<object_output>> handle_hibernated(
      attachments& left_behind, const object_message& message) const = 0;

  /// Approximate bytes of memory that an output takes while it waits at the gate.
  virtual std::size_t bytes_of(const object_output& /*output*/) const {
    return sizeof(object_output);
  }

  /// What is sent when an object breaks: a commit was rejected, the disk failed a read, or the
  /// object's code threw.
  virtual std::vector<object_output> when_broken() const = 0;
};

inline std::strong_ordering operator<=>(const object_address& a, const object_address& b) {
  const auto by_kind = a.kind->name() <=> b.kind->name();
  return std::is_eq(by_kind) ? a.name <=> b.name : by_kind;
}

}  // namespace innkeeper::durable
