#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "storage/write_batch.hpp"

/// Where batches go to become durable. The interface stands apart from group_writer so that a
/// simulated disk can take its place. submit() may be called from any thread.
namespace innkeeper::storage {

enum class commit_outcome {
  /// On disk: synced, and there again after a power cut.
  committed,
  /// This object's own fault (a constraint), or a batch behind such a failure. Nothing of it is
  /// stored.
  rejected,
  /// The disk is full; nothing of it is stored.
  storage_full,
  /// Another process kept the file locked against writing for too long; nothing of it is stored.
  locked,
  /// Reading or writing the file failed; nothing of it is stored.
  io_error,
  /// There was no memory for it; nothing of it is stored.
  out_of_memory,
  /// Somebody has changed the object's rows by hand, which the object did not know; nothing of it
  /// is stored.
  edited,
};

/// Called once, on the writer's thread: has to return quickly and may not throw.
using commit_callback = std::function<void(commit_outcome)>;

/// What waits for the writer.
struct submission {
  batch_ptr batch;
  /// None: a note that the batch's instance knows of its failure.
  commit_callback done;

  bool is_acknowledgement() const { return !done; }
};

class batch_writer {
 public:
  virtual ~batch_writer() = default;

  /// Batches of one object are committed in the order they were submitted. The batch is held until
  /// the callback has returned.
  virtual void submit(batch_ptr batch, commit_callback done) = 0;
  void submit(write_batch batch, commit_callback done) {
    submit(std::make_shared<const write_batch>(std::move(batch)), std::move(done));
  }

  /// The same of several in this order, with notes among them. They go into one transaction as far
  /// as that may hold them.
  virtual void submit_all(std::vector<submission> several);

  /// More waits to be committed than should, until half of that is done: whoever can make his own
  /// senders wait is to do so. Batches are taken nevertheless. Any thread.
  virtual bool is_behind() const { return false; }

  /// The object knows that a batch of this instance has failed, and has submitted the last of them:
  /// the writer need not remember the failure any longer. Any thread.
  virtual void acknowledge_failure(std::int64_t /*object*/, std::uint64_t /*instance*/) {}
  /// The same, to be submitted among others.
  static submission acknowledgement_of(std::int64_t object, std::uint64_t instance);
};

}  // namespace innkeeper::storage
