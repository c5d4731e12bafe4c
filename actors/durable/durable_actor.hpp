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

/// The CAF shell of one live object: hydrates it on its first message (those that arrive meanwhile
/// wait in order), takes one turn after the other, sends its batches to the writer and its outputs
/// through the gate. It ends only when its directory asks it to. On its home loop.
namespace innkeeper::durable {

/// An object's way to its directory.
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
  /// The writer's answer, on its thread: it goes by the directory.
  void send_committed(batch_done what) const;
  /// The writer's answer, on the home loop.
  void call_committed(const batch_done& report);

  caf::behavior make_behavior() override;
  const char* name() const override { return "durable_object"; }
  void on_exit() override;

 private:
  /// What is not within one of CAF's turns of this actor.
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
  /// The object's row in `objects`, with number 0 if there is none; nothing if the disk failed.
  std::optional<storage::stored_object> find_row();
  void take_turn(object_message& message);
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

  /// Back to what is on disk. Keeps `left_behind` for the next hydration.
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
  /// Of the life before, for the first look.
  hibernated_row record_;
  attachments left_behind_;
  inbox inbox_;

  /// Why its row could not be read.
  std::string read_fault_;
  /// Null until hydrated.
  std::unique_ptr<durable_object> object_;
  std::uint64_t instance_ = 0;
  /// What the next hydration makes of it. Given before that looks at the file, so that whoever has
  /// a later number than an edit has read it.
  std::uint64_t next_instance_;
  /// Nothing until the object has its number in `objects`.
  std::optional<std::int64_t> number_;
  /// As of the last turn.
  std::optional<std::int64_t> alarm_ms_;
  std::int64_t alarm_attempt_ = 0;
  /// Arrived while there was no object to take them.
  fifo<object_message> stash_;
  /// Its rows will be read: its directory sees to the first time.
  bool hydrating_ = true;
  bool end_when_quiet_ = false;
  /// Or as good as that: nothing more may be done.
  bool ended_ = false;

  /// Of which clients have been told by what waits at the gate.
  storage::hand_edits untold_edits_;
  output_gate gate_;
  pending_writes pending_;
  back_pressure pressure_;
  batch_number last_batch_ = 0;
  /// Batches that the writer has not answered, those of earlier lives too.
  std::size_t at_writer_ = 0;
  /// Some of them are of a life that ended without a failed batch, and may still be committed. To
  /// read before that would give a state that the disk is about to leave.
  bool awaits_earlier_life_ = false;
  std::chrono::steady_clock::time_point active_;
};

}  // namespace innkeeper::durable
