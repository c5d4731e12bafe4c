#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/batch_writer.hpp"
#include "storage/sqlite/commit_group.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/writer_options.hpp"

/// The one thread that writes, syncs and checkpoints. While a commit is under way the batches of
/// all objects gather; they go into the next transaction together, so one sync serves them all.
/// Each batch is a savepoint: a batch at fault takes nobody else's with it. submit() and stop() may
/// be called from any thread, callbacks run on the writer's.
namespace innkeeper::storage {

class write_session;

class group_writer final : public batch_writer {
 public:
  /// Begins the log, for which it waits for the disk. Like a commit it ends the process, in words,
  /// if the disk fails to sync.
  group_writer(database file, group_writer_options options);
  ~group_writer() override;

  using batch_writer::submit;
  void submit(batch_ptr batch, commit_callback done) override;
  void submit_all(std::vector<submission> several) override;
  void acknowledge_failure(std::int64_t object, std::uint64_t instance) override;
  bool is_behind() const override { return is_behind_.load(std::memory_order_relaxed); }

  /// Commits what has been submitted, empties the log and ends the thread. The file stays open, and
  /// so locked, until this ends: whatever else has it open has to close it before.
  void stop();
  /// The data file. Never changes.
  const std::filesystem::path& file() const { return path_; }

 private:
  void run();
  bool is_quiet();
  bool is_stopping();
  commit_group take_group();
  commit_group take_all();
  void settle(commit_group taken);
  /// Called with the mutex held when what waits has changed.
  void weigh();

  group_writer_options options_;
  std::filesystem::path path_;
  /// The writer's thread's, while that runs.
  std::unique_ptr<write_session> session_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<weighed_submission> queue_;
  /// What is submitted and not yet settled.
  std::size_t waiting_batches_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::atomic<bool> is_behind_{false};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace innkeeper::storage
