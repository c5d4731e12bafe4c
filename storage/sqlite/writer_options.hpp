#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "health/monitor.hpp"
#include "storage/hand_edits.hpp"

/// How the writer works and whom it tells. Set once, before it starts; the functions are called on
/// the writer's thread.
namespace innkeeper::storage {

/// Says so on stderr, and ends the process with exit code 1.
[[noreturn]] void end_process(const std::string& sentence);

struct group_writer_options {
  /// Rows after which a transaction takes no further batch. More were measured to gain nothing, and
  /// would keep the first of them waiting.
  std::size_t rows_per_commit_max = 500;
  /// Bytes after which a transaction takes no further batch: one large one is not to wait for
  /// another. A batch that is larger goes alone.
  std::size_t bytes_per_commit_max = std::size_t{1024} * 1024;
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
  /// How long nothing has to be committed before the log is emptied into the file, in milliseconds:
  /// then the file alone is whole, and may be copied by any means.
  std::int64_t quiet_ms = 15'000;

  /// Told of everything that goes wrong.
  std::shared_ptr<health::monitor> health = std::make_shared<health::monitor>();
  /// Told after each transaction how many batches it has committed.
  std::function<void(std::size_t batches)> on_commit = [](std::size_t) {};
  /// Told when nothing has come for a while, once for each time that something has come.
  std::function<void()> at_rest = [] {};
  /// Told of what somebody else has changed, once that is on disk and has been counted. Never of
  /// nothing.
  std::function<void(found_edits)> on_hand_edits = [](const found_edits&) {};
  /// Gives the number that the next live instance of an object will get: batches of earlier ones
  /// know nothing of an edit that is found now.
  std::function<std::uint64_t()> next_instance = [] { return std::uint64_t{0}; };
  /// Milliseconds by the server's own clock, kept in the file about once a minute; none: not kept.
  std::function<std::int64_t()> server_clock_ms;
  /// Told that the file is not in its place any more. What comes back from this commits nothing.
  std::function<void(const std::string& sentence)> on_file_gone = end_process;
};

}  // namespace innkeeper::storage
