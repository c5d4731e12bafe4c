#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "health/monitor.hpp"
#include "storage/hand_edits.hpp"

/// Settings and callbacks of the writer. Set once, before it starts. The functions are called on
/// the writer's thread, and by the writer's constructor.
namespace innkeeper::storage {

/// Writes the sentence to stderr and ends the process with exit code 1.
[[noreturn]] void end_process(const std::string& sentence);

struct group_writer_options {
  /// Rows after which a transaction takes no further batch. Measured: more rows gain nothing and
  /// delay the first ones.
  std::size_t rows_per_commit_max = 500;
  /// Bytes after which a transaction takes no further batch, so that large batches do not wait for
  /// each other. A larger batch goes alone.
  std::size_t bytes_per_commit_max = std::size_t{1024} * 1024;
  /// The writer checkpoints after a commit once the write-ahead log has this many pages.
  int checkpoint_pages = 4000;
  /// Bytes by which the log's file is extended at once; 0: none. It is extended before the first
  /// commit and when idle.
  std::int64_t log_step_bytes = std::int64_t{1024} * 1024;
  /// Limits on waiting batches and their bytes; above either the writer is behind.
  std::size_t waiting_batches_max = 20'000;
  std::size_t waiting_bytes_max = std::size_t{32} * 1024 * 1024;
  /// How long another process may lock the file against writing, in milliseconds. After that all
  /// waiting batches fail as `locked`.
  int foreign_lock_max_ms = 10'000;
  /// Idle time in milliseconds after which the log is emptied into the file. Then the file alone is
  /// complete and may be copied by any means.
  std::int64_t quiet_ms = 15'000;

  /// Receives all failures.
  std::shared_ptr<health::monitor> health = std::make_shared<health::monitor>();
  /// Called after each transaction with the number of batches that it committed.
  std::function<void(std::size_t batches)> on_commit = [](std::size_t) {};
  /// Called when no batch has come for a while, once per such pause.
  std::function<void()> at_rest = [] {};
  /// Called with edits by hand once they are on disk and recounted. Never called without edits.
  std::function<void(found_edits)> on_hand_edits = [](const found_edits&) {};
  /// Returns the number of the next live instance. Instances with lower numbers may not have read
  /// edits that are found now.
  std::function<std::uint64_t()> next_instance = [] { return std::uint64_t{0}; };
  /// Milliseconds of the server's own clock, stored in the file about once a minute. Empty: not
  /// stored.
  std::function<std::int64_t()> server_clock_ms;
  /// Called when the file is no longer in place. If it returns, nothing is committed any more.
  std::function<void(const std::string& sentence)> on_file_gone = end_process;
};

}  // namespace innkeeper::storage
