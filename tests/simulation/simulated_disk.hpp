// The disk: takes batches, commits a group of them when it is told to, all or nothing and in order
// as group_writer does, fails when it is told to, and keeps through a crash exactly what was
// committed. Rows are in memory, so a commit takes microseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/batch_writer.hpp"
#include "storage/row_reader.hpp"

namespace innkeeper::simulation {

/// Numbers batches as they are submitted, over all objects.
using batch_id = std::uint64_t;

/// Told at the moment when something becomes true on the disk, before anybody else hears of it.
class disk_listener {
 public:
  virtual ~disk_listener() = default;
  virtual void submitted(const std::string& object, batch_id batch) = 0;
  virtual void committed(const std::string& object, batch_id batch) = 0;
  virtual void failed(const std::string& object, batch_id batch,
                      storage::commit_outcome outcome) = 0;
  virtual void read_failed(const std::string& object) = 0;
};

enum class write_fault { none, storage_full, locked, io_error, one_rejected };

class simulated_disk final : public storage::batch_writer, public storage::row_reader {
 public:
  using rows = std::map<storage::row, storage::row>;

  explicit simulated_disk(disk_listener& listener) : listener_(listener) {}

  using storage::batch_writer::submit;
  void submit(storage::batch_ptr batch, storage::commit_callback done) override;
  storage::result<std::optional<storage::stored_object>> find_object(
      std::string_view kind, std::string_view name) override;
  storage::result<std::optional<storage::row>> get(const storage::table& from, std::int64_t object,
                                                   const storage::row& key) override;
  storage::result<void> visit(const storage::table& from, std::int64_t object,
                              const storage::row_range& range,
                              const storage::row_visitor& visitor) override;
  storage::result<std::vector<storage::due_alarm>> alarms_until(std::int64_t until_ms,
                                                                std::size_t limit) override;

  std::size_t waiting() const { return queue_.size(); }
  bool busy() const { return !under_way_.empty(); }
  /// Takes the first `batches` into the next transaction. Only when not busy.
  void begin(std::size_t batches);
  /// Ends the transaction; `which` says whose fault it is if one batch is rejected.
  void finish(write_fault fault, std::size_t which);
  /// The next read but `reads` fails.
  void fail_read_after(std::size_t reads) { reads_left_ = reads + 1; }
  void reads_work() { reads_left_ = 0; }

  /// From now on each row comes late: until bring_rows() a read of it answers `not_here_yet`.
  void rows_come_late() { late_ = true; }
  bool has_late_rows() const { return late_; }
  bool rows_are_coming() const { return !awaiting_.empty(); }
  /// Gives how many rows have come.
  std::size_t bring_rows();
  /// What has come is gone again, unless somebody waits for more.
  void lose_rows();
  void when_here(std::function<void()> here) override { awaiting_.push_back(std::move(here)); }

  /// The power goes: whatever waited is gone; a transaction under way has landed or not, and nobody
  /// was told. From now on everything fails until restart().
  void crash(bool landed);
  /// Whoever waited for the disk before the crash is sent away, so that nobody waits for ever.
  void send_everybody_away();
  void restart();

  /// The largest number of an object, as a server asks for when it starts.
  std::int64_t last_object_number() const;
  std::optional<std::int64_t> number_of(const std::string& name) const;
  std::optional<std::int64_t> alarm_of(const std::string& name) const;
  /// One object's committed rows in this table.
  const rows& rows_of(std::string_view table, std::int64_t object) const;

 private:
  struct entry {
    batch_id id;
    storage::batch_ptr batch;
    storage::commit_callback done;
  };
  struct known_object {
    std::string kind;
    std::string name;
    std::optional<std::int64_t> alarm_ms;
    std::int64_t alarm_attempt = 0;
  };

  /// The error that a read gives in place of rows, if any. `what` tells rows apart.
  std::optional<storage::storage_error> fault_of_read(const std::string& name,
                                                      const std::string& what);
  std::optional<storage::storage_error> fault_of_read(std::int64_t object, const std::string& what);
  bool read_fails(const std::string& name);
  storage::commit_outcome write(const storage::write_batch& batch);
  bool keeps_constraints(const storage::write_batch& batch) const;
  bool is_behind_a_failure(const storage::write_batch& batch);
  void apply(const storage::write_batch& batch);
  const std::string& name_of(const entry& of) const { return names_.at(of.batch->object); }

  disk_listener& listener_;
  batch_id last_batch_ = 0;
  std::deque<entry> queue_;
  std::vector<entry> under_way_;
  /// Taken by a crash.
  std::vector<entry> lost_;
  bool dead_ = false;
  /// 0: reads work.
  std::size_t reads_left_ = 0;
  bool late_ = false;
  std::set<std::string> here_;
  std::set<std::string> asked_for_;
  std::vector<std::function<void()>> awaiting_;

  std::map<std::int64_t, known_object> objects_;
  std::map<std::pair<std::string_view, std::int64_t>, rows> tables_;
  /// Of all objects that have ever submitted anything.
  std::unordered_map<std::int64_t, std::string> names_;
  std::unordered_map<std::int64_t, std::uint64_t> failed_instances_;
};

}  // namespace innkeeper::simulation
