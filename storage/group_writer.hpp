#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "storage/batch_writer.hpp"
#include "storage/database.hpp"

/// The one thread that writes, syncs and checkpoints. While a commit is under way the batches of
/// all objects gather; they go into the next transaction together, so one sync serves them all.
/// Each batch is a savepoint: a batch at fault takes nobody else's with it. submit() and stop() may
/// be called from any thread, callbacks run on the writer's.
namespace innkeeper::storage {

struct group_writer_options {
  /// Rows after which a transaction takes no further batch. More were measured to gain nothing, and
  /// would keep the first of them waiting.
  std::size_t rows_per_commit_max = 500;
  /// Pages in the write-ahead log from which on the writer checkpoints after a commit.
  int checkpoint_pages = 4000;
  /// So much room is made at once in the log's file for what comes next; 0: none. Made before the
  /// first commit and when nothing has come for a while.
  std::int64_t log_step_bytes = std::int64_t{1024} * 1024;
  /// Batches, and their bytes, that may wait before the writer says that it is behind.
  std::size_t waiting_batches_max = 20'000;
  std::size_t waiting_bytes_max = std::size_t{32} * 1024 * 1024;
  /// How long another process may keep the file locked against writing, in milliseconds; longer:
  /// all that waits is given back as `locked`.
  int foreign_lock_max_ms = 10'000;
  /// Told after each transaction how many batches it has committed.
  std::function<void(std::size_t batches)> on_commit = [](std::size_t) {};
  /// Told when nothing has come for a while, once for each time that something has come.
  std::function<void()> at_rest = [] {};
};

class group_writer final : public batch_writer {
 public:
  /// Begins the log, for which it waits for the disk. Like a commit it ends the process, in words,
  /// if the disk fails to sync.
  group_writer(database file, group_writer_options options);
  ~group_writer() override;

  struct submission {
    batch_ptr batch;
    /// None: a note that the batch's instance knows of its failure.
    commit_callback done;

    bool is_note() const { return !done; }
  };

  using batch_writer::submit;
  void submit(batch_ptr batch, commit_callback done) override;
  /// The same of several in this order, which go into one transaction as far as that may hold them.
  void submit_all(std::vector<submission> several);
  void take_note(std::int64_t object, std::uint64_t instance) override;
  static submission note_of(std::int64_t object, std::uint64_t instance);
  bool is_behind() const override { return is_behind_.load(std::memory_order_relaxed); }

  /// Commits what has been submitted, checkpoints, ends the thread and closes the file.
  void stop();

 private:
  struct entry : submission {
    std::size_t bytes;
  };
  using group = std::vector<entry>;
  class session;

  void run(session& open_file);
  bool is_quiet();
  group take_group();
  group take_all();
  void settle(session& open_file, group taken);
  /// Called with the mutex held when what waits has changed.
  void weigh();

  group_writer_options options_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<entry> queue_;
  /// What is submitted and not yet settled.
  std::size_t waiting_batches_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::atomic<bool> is_behind_{false};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace innkeeper::storage
