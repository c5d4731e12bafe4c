#pragma once

/// Named moments at which a test may end the process. Which of two implementations is linked
/// decides: the server's does nothing, that of `innkeeper_failing` kills the process where
/// INNKEEPER_FAILPOINT says (tests/crash/failing). So the code that is killed is the code that is
/// shipped, object file by object file. Any thread.
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
