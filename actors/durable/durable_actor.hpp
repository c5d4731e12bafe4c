#pragma once

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/durable/actor_messages.hpp"
#include "actors/durable/back_pressure.hpp"
#include "actors/durable/durable_object.hpp"
#include "actors/durable/fifo.hpp"
#include "actors/durable/hibernated_row.hpp"
#include "actors/durable/home_actor.hpp"
#include "actors/durable/inbox.hpp"
#include "actors/durable/object_host.hpp"
#include "actors/durable/output_gate.hpp"
#include "actors/durable/pending_writes.hpp"
#include "actors/durable/runtime.hpp"

/// The CAF actor of one live object. It hydrates the object on its first message and runs its turns
/// one after another. It sends the batches to the writer, and the outputs through the output gate.
/// Messages that arrive while rows are fetched, for hydration or for a turn, wait in order: that is
/// the input gate. The actor ends when its directory asks it to, or after an error. On its home
/// loop.
namespace innkeeper::durable {

/// How an object reaches its directory.
struct directory_post {
  caf::actor actor;
  std::shared_ptr<batch_mailbox<batch_done>> reports;
};

class durable_actor final : public home_actor, public live_object {
 public:
  durable_actor(caf::actor_config& config, std::shared_ptr<const runtime> shared,
                address_ptr address, hibernated_row record, attachments left_behind,
                const directory_post& directory);

  durable_actor& inside() { return *this; }

  void call_hydrate() override {
    beside_turns([this] { hydrate(); });
    inbox_.take_first();
  }
  void post_message(object_message&& message) override { inbox_.put(std::move(message)); }
  void call_edited(object_message&& own_rows_edited) override;
  void post_fall_asleep(bool at_once) override;
  std::int64_t number() const override;
  /// Takes the writer's answer on the writer's thread and passes it on through the directory.
  void send_committed(batch_done what) const;
  /// Takes the writer's answer on the home loop.
  void call_committed(const batch_done& report);
  /// Called when rows that a read lacked may be there.
  void call_rows_arrived();

  caf::behavior make_behavior() override;
  const char* name() const override { return "durable_object"; }
  void on_exit() override;

 private:
  /// Runs code outside CAF's turns of this actor, and handles its exceptions.
  template <class Deed>
  void beside_turns(const Deed& deed) {
    if (ended_) return;
    try {
      deed();
    } catch (...) {
      fail(std::current_exception());
    }
  }
  void fail(std::exception_ptr why);
  void receive(object_message& message);
  void forget_if_edited(const object_message& message);
  void hydrate_if_wanted();
  void hydrate();
  void load();
  void make_object();
  /// The object's row in `objects`, with number 0 if there is none.
  storage::stored_object find_row();
  /// Runs the turns of messages at the input gate, until none is left or a turn lacks rows.
  void take_waiting_turns();
  /// False if rows are not here. Then nothing has changed, and the caller retries the message.
  bool take_turn(object_message& message);
  void complete_turn(effects& wanted, const object_message& message);
  void await_rows();
  effects turn_for(object_message& message);
  effects alarm_turn();
  effects failed_alarm();
  void store(effects& wanted);
  void stamp(storage::write_batch& batch);
  void committed(const batch_done& report);
  void conclude(const batch_done& report);
  void say_what_waited(std::vector<object_output> released);
  void try_to_sleep(bool at_once);
  void sleep_now();

  /// Returns to the state on disk. Keeps `left_behind` for the next hydration.
  void start_afresh(attachments left_behind);
  void reset_after_fault(std::string_view why);
  void break_object(std::string_view why);
  void drop_uncommitted();
  void emit(std::vector<object_output> outputs);
  std::size_t bytes_of(const std::vector<object_output>& outputs) const;
  void report_congestion();
  turn now(const object_view& view) const;

  std::shared_ptr<const runtime> shared_;
  const object_kind& kind_;
  const object_sink& sink_;
  address_ptr address_;
  caf::actor directory_;
  std::shared_ptr<batch_mailbox<batch_done>> reports_;
  /// The row as the previous instance left it. The first hydration reads this instead of the file.
  hibernated_row record_;
  attachments left_behind_;
  inbox inbox_;

  /// Null until hydrated.
  std::unique_ptr<durable_object> object_;
  std::uint64_t instance_ = 0;
  /// Becomes `instance_` at the next hydration. It is assigned before the hydration reads the file.
  /// So an instance with a later number than an edit has read that edit.
  std::uint64_t next_instance_;
  /// Nothing until the object has its number in `objects`.
  std::optional<std::int64_t> number_;
  /// The alarm as of the last turn.
  std::optional<std::int64_t> alarm_ms_;
  std::int64_t alarm_attempt_ = 0;
  /// Messages at the input gate, in order. They arrived while there was no object, or while the
  /// first of them lacked rows.
  fifo<object_message> stash_;
  /// A turn or a hydration lacks rows. The reader calls when they are here.
  bool awaits_rows_ = false;
  /// A hydration is due or under way. The directory starts the first one.
  bool hydrating_ = true;
  bool end_when_quiet_ = false;
  /// The actor has ended, or has failed and is about to end. No work is allowed any more.
  bool ended_ = false;

  /// Edits by hand whose notifications to clients wait at the gate.
  storage::hand_edits untold_edits_;
  output_gate gate_;
  pending_writes pending_;
  back_pressure pressure_;
  batch_number last_batch_ = 0;
  /// Batches that the writer has not answered, including those of earlier instances.
  std::size_t at_writer_ = 0;
  /// True while batches of a previous instance, which ended without a failed batch, are in flight.
  /// Hydrating before they settle would read stale rows.
  bool awaits_earlier_life_ = false;
  std::chrono::steady_clock::time_point active_;
};

}  // namespace innkeeper::durable
