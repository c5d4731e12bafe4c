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

/// The one thread that writes, syncs and checkpoints. Batches of all objects gather during a commit
/// and go into the next transaction together. So one sync serves them all. If a batch breaks a
/// constraint, all are written again, each in a savepoint: only that batch fails. Any thread may
/// call submit() and stop(); callbacks run on the writer's thread.
namespace innkeeper::storage {

class write_session;

class group_writer final : public batch_writer {
 public:
  /// Begins the log, which waits for the disk. Ends the process with a message if the disk fails to
  /// sync, as a commit does.
  group_writer(database file, group_writer_options options);
  ~group_writer() override;

  using batch_writer::submit;
  void submit(batch_ptr batch, commit_callback done) override;
  void submit_all(std::vector<submission> several) override;
  void acknowledge_failure(std::int64_t object, std::uint64_t instance) override;
  bool is_behind() const override { return is_behind_.load(std::memory_order_relaxed); }

  /// Commits all submitted batches, empties the log and ends the thread. The file stays open and
  /// locked until the destructor runs. Other connections of this process must be closed before.
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
  /// Updates `is_behind_`. Called with the mutex held when the waiting batches have changed.
  void weigh();

  group_writer_options options_;
  std::filesystem::path path_;
  /// Used only by the writer's thread while it runs.
  std::unique_ptr<write_session> session_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<weighed_submission> queue_;
  /// Submitted and not yet settled.
  std::size_t waiting_batches_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::atomic<bool> is_behind_{false};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace innkeeper::storage
