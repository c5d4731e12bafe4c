// A directory and its objects on CAF's testing scheduler, over a real SQLite file, with a writer
// that commits when the test says so and a clock that moves when the test says so.
#pragma once

#include <any>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "actors/durable/directory_actor.hpp"
#include "actors/durable/runtime.hpp"
#include "storage/sqlite/group_writer.hpp"
#include "storage/sqlite/object_reader.hpp"
#include "tests/storage/sample_rows.hpp"
#include "tests/support/paused_actors.hpp"
#include "tests/support/temporary_directory.hpp"

namespace innkeeper::testing {

/// Holds batches back until the test lets them go to the real writer, or fails them.
class manual_writer final : public storage::batch_writer {
 public:
  explicit manual_writer(storage::batch_writer& real) : real_(real) {}

  using storage::batch_writer::submit;
  void submit(storage::batch_ptr batch, storage::commit_callback done) override {
    waiting_.push_back({std::move(batch), std::move(done)});
  }
  bool is_behind() const override { return behind; }
  void acknowledge_failure(std::int64_t, std::uint64_t) override { ++noted_; }
  std::size_t waiting() const { return waiting_.size(); }
  /// How many failures objects have taken note of.
  std::size_t noted() const { return noted_; }
  void commit_one();
  void fail_one(storage::commit_outcome how);

  /// What the writer says of itself.
  bool behind = false;

 private:
  struct entry {
    storage::batch_ptr batch;
    storage::commit_callback done;
  };

  entry take();

  storage::batch_writer& real_;
  std::deque<entry> waiting_;
  std::size_t noted_ = 0;
};

/// Fails every read as long as the test says so, and counts those for which the file was looked at
/// anew.
class failing_reader final : public storage::row_reader {
 public:
  explicit failing_reader(storage::row_reader& real) : real_(real) {}

  storage::result<std::optional<storage::stored_object>> find_object(
      std::string_view kind, std::string_view name) override;
  storage::result<std::optional<storage::row>> get(const storage::table& from, std::int64_t object,
                                                   const storage::row& key) override;
  storage::result<void> visit(const storage::table& from, std::int64_t object,
                              const storage::row_range& range,
                              const storage::row_visitor& visitor) override;
  storage::result<std::vector<storage::due_alarm>> alarms_until(std::int64_t until_ms,
                                                                std::size_t limit) override;

  bool fails = false;
  std::size_t apart = 0;
  /// How often an object was looked for by its name.
  std::size_t lookups = 0;

 private:
  void count_read() { apart += together_ ? 0 : 1; }
  void begin_reads() override { together_.emplace(real_); }
  void end_reads() override { together_.reset(); }

  storage::row_reader& real_;
  std::optional<storage::reads_together> together_;
};

/// A tiny kind of object: a notebook page of tallies. Told "add x", it counts x up and says "x=N";
/// told "show x" it says "x=N"; "look x" does so from the disk; "whisper" says nothing; "spoil"
/// breaks a constraint; "wake 500" sets an alarm in 500 ms, at which it counts "rung" up. While it
/// sleeps it can answer "are you asleep" by itself. What only memory has is how often it was told
/// something.
class tally_kind final : public durable::object_kind {
 public:
  std::string_view name() const override { return "tally"; }
  std::unique_ptr<durable::durable_object> make(
      const durable::object_address& address) const override;
  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments& left_behind, const durable::object_message& message) const override;
  std::vector<durable::object_output> when_broken() const override;

  /// How many instances have been made: a sleeping object is made anew when it wakes.
  mutable int made = 0;
  /// Alarms of every instance fail as long as this is true.
  bool alarms_fail = false;
};

class world {
 public:
  explicit world(durable::back_pressure_limits limits = {});
  ~world();

  /// Delivers and runs until nothing is left to do.
  void tell(const std::string& object, const std::string& words,
            const std::string& of_kind = "tally");
  /// Delivers without running anybody.
  void slip(const std::string& object, const std::string& words,
            const std::string& of_kind = "tally");
  /// The same for a message that is no words.
  void deliver(const std::string& object, std::any message, const std::string& of_kind);
  void run() { actors_.run(); }
  /// Somebody sets a tally of the object by hand, and its directory is told. Gives the object's
  /// number.
  std::int64_t edit(const std::string& object, const std::string& what, std::int64_t count);
  /// The object's directory is told of an edit that instances from `first_sound` on have read.
  void tell_of_edit(const std::string& object, const std::string& what, std::uint64_t first_sound);
  /// Somebody deletes the object of this number by hand, which had a tally x.
  void erase(std::int64_t number);
  void commit_one();
  void fail_one(storage::commit_outcome how);
  /// Moves both clocks.
  void pass_time(std::chrono::milliseconds duration);
  /// The same in small steps, committing whatever comes up.
  void pass_time_committing(std::chrono::milliseconds duration);
  /// Ends the directory and all objects without a word, and starts anew on the same file.
  void crash();
  /// Everything that objects have said since the last call, as "name: words" joined by " | "; what
  /// goes to a socket is shown by its payload. "name: wait" and "name: go on" are the runtime's own
  /// words to those who talk to the object.
  std::string heard();
  temporary_directory folder;
  storage::group_writer real_writer{open_with_notes(folder.path() / "rooms.db"), {}};
  manual_writer writer{real_writer};
  std::unique_ptr<storage::object_reader> reader;
  std::unique_ptr<failing_reader> fickle;
  durable::number_source numbers;
  std::int64_t wall_ms = 1'000'000;
  std::shared_ptr<tally_kind> kind = std::make_shared<tally_kind>();

  struct counts final : durable::runtime_observer {
    int awake = 0;
    int asleep = 0;
    void awake_changed(int difference) override { awake += difference; }
    void asleep_changed(int difference) override { asleep += difference; }
  } observed;

  caf::actor directory;
  durable::address_ptr address_of(const std::string& object, const std::string& of_kind) const;

 private:
  void start();
  void end();
  void tell_of_edits(const storage::hand_edits& edits, std::uint64_t first_sound);

  const std::shared_ptr<const durable::object_kind> limiters_;
  durable::back_pressure_limits limits_;
  testing::paused_actors actors_;
  durable::object_sink sink_;
  std::vector<std::string> heard_;
};

}  // namespace innkeeper::testing
