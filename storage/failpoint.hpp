#pragma once

/// Named moments at which a test may kill the process. The linked implementation decides. The
/// server's does nothing. That of `innkeeper_failing` kills the process at the failpoint in
/// INNKEEPER_FAILPOINT (tests/crash/failing). So tests kill the same object files that are shipped.
/// Any thread.
namespace innkeeper::storage {

enum class failpoint {
  before_begin,
  after_begin,
  in_batch,
  before_commit,
  after_commit,
  before_acknowledgement,
  in_checkpoint,
  in_hydrate,
  before_frames_leave,
  before_sleep,
  after_sleep,
};

void reach(failpoint where) noexcept;

}  // namespace innkeeper::storage
