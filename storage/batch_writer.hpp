#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "storage/write_batch.hpp"

/// Makes batches durable. An interface apart from group_writer, so that a simulated disk can
/// replace it. Any thread may call submit().
namespace innkeeper::storage {

enum class commit_outcome {
  /// The batch is on disk and synced: it survives a power cut.
  committed,
  /// The batch breaks a constraint, or follows a failed batch of its instance. Nothing of it is
  /// stored.
  rejected,
  /// The disk is full; nothing of it is stored.
  storage_full,
  /// Another process kept the file locked against writing for too long; nothing of it is stored.
  locked,
  /// Reading or writing the file failed; nothing of it is stored.
  io_error,
  /// The commit ran out of memory; nothing of it is stored.
  out_of_memory,
  /// The object's rows were edited by hand after the batch's instance read them; nothing of it is
  /// stored.
  edited,
};

/// Called once, on the writer's thread. It has to return quickly and must not throw.
using commit_callback = std::function<void(commit_outcome)>;

/// A batch that waits for the writer.
struct submission {
  batch_ptr batch;
  /// Empty: the entry only acknowledges a failure of the batch's instance.
  commit_callback done;

  bool is_acknowledgement() const { return !done; }
};

class batch_writer {
 public:
  virtual ~batch_writer() = default;

  /// Batches of one object are committed in the order of submission. The writer keeps the batch
  /// until the callback has returned.
  virtual void submit(batch_ptr batch, commit_callback done) = 0;
  void submit(write_batch batch, commit_callback done) {
    submit(std::make_shared<const write_batch>(std::move(batch)), std::move(done));
  }

  /// Submits several in this order, acknowledgements among them. They share one transaction as far
  /// as its limits allow.
  virtual void submit_all(std::vector<submission> several);

  /// True while more batches wait than the limit, until half of it is left. Callers should then
  /// slow down their own senders. Batches are still accepted. Any thread.
  virtual bool is_behind() const { return false; }

  /// The instance knows that one of its batches failed, and submits no more. The writer may forget
  /// the failure. Any thread.
  virtual void acknowledge_failure(std::int64_t /*object*/, std::uint64_t /*instance*/) {}
  /// The same as an entry for submit_all().
  static submission acknowledgement_of(std::int64_t object, std::uint64_t instance);
};

}  // namespace innkeeper::storage
