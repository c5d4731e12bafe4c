#include "storage/sqlite/group_writer.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "storage/sqlite/write_session.hpp"

namespace innkeeper::storage {
namespace {

/// How often look_around() is called.
constexpr std::chrono::seconds look_around_every{1};

}  // namespace

group_writer::group_writer(database file, group_writer_options options)
    : options_(std::move(options)),
      path_(file.file()),
      session_(std::make_unique<write_session>(std::move(file), options_)) {
  session_->begin();
  thread_ = std::thread([this] { run(); });
}

group_writer::~group_writer() {
  stop();
}

void group_writer::submit(batch_ptr batch, commit_callback done) {
  std::vector<submission> one;
  one.push_back({std::move(batch), std::move(done)});
  submit_all(std::move(one));
}

void group_writer::submit_all(std::vector<submission> several) {
  {
    const std::lock_guard lock(mutex_);
    waiting_batches_ += several.size();
    for (auto& each : several) {
      const auto bytes = each.batch->bytes();
      queue_.push_back({std::move(each), bytes});
      waiting_bytes_ += bytes;
    }
    weigh();
  }
  arrived_.notify_one();
}

void group_writer::acknowledge_failure(std::int64_t object, std::uint64_t instance) {
  auto note = acknowledgement_of(object, instance);
  submit(std::move(note.batch), std::move(note.done));
}

void group_writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void group_writer::run() {
  using std::chrono::steady_clock;
  auto looked = steady_clock::now();
  bool is_rested = false;
  for (;;) {
    if (!is_rested && is_quiet()) {
      session_->preallocate_log();
      options_.at_rest();
      is_rested = true;
    }
    auto taken = take_group();
    const bool is_idle = taken.empty();
    if (is_idle && is_stopping()) break;
    if (!is_idle) {
      settle(std::move(taken));
      session_->look_after_log();
      is_rested = false;
    }
    if (const auto now = steady_clock::now(); now - looked >= look_around_every) {
      session_->look_around(is_idle);
      looked = now;
    }
  }
  session_->end();
}

/// If the file is locked, all waiting batches fail at once. In groups, each would wait for the full
/// time, and the last ones for minutes.
void group_writer::settle(commit_group taken) {
  if (!session_->commit(taken)) {
    auto others = take_all();
    session_->fail(others, commit_outcome::locked);
    std::ranges::move(others, std::back_inserter(taken));
  }
  const std::lock_guard lock(mutex_);
  waiting_batches_ -= taken.size();
  for (const auto& each : taken) waiting_bytes_ -= each.bytes;
  weigh();
}

void group_writer::weigh() {
  const auto batches_max = options_.waiting_batches_max;
  const auto bytes_max = options_.waiting_bytes_max;
  if (waiting_batches_ > batches_max || waiting_bytes_ > bytes_max) is_behind_ = true;
  if (waiting_batches_ <= batches_max / 2 && waiting_bytes_ <= bytes_max / 2) is_behind_ = false;
}

/// Whether no batch came for 50 ms.
bool group_writer::is_quiet() {
  constexpr std::chrono::milliseconds a_while{50};
  std::unique_lock lock(mutex_);
  return !arrived_.wait_for(lock, a_while, [this] { return stopping_ || !queue_.empty(); });
}

bool group_writer::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_ && queue_.empty();
}

/// Waits for batches. Empty if none came before the next look_around() or the end.
commit_group group_writer::take_group() {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, look_around_every, [this] { return stopping_ || !queue_.empty(); });
  std::size_t rows = 0;
  std::size_t bytes = 0;
  auto end = queue_.begin();
  while (end != queue_.end() && rows < options_.rows_per_commit_max) {
    if (bytes > 0 && bytes + end->bytes > options_.bytes_per_commit_max) break;
    rows += end->batch->writes.size();
    bytes += end->bytes;
    ++end;
  }
  commit_group taken(std::move_iterator(queue_.begin()), std::move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return taken;
}

commit_group group_writer::take_all() {
  const std::lock_guard lock(mutex_);
  commit_group taken(std::move_iterator(queue_.begin()), std::move_iterator(queue_.end()));
  queue_.clear();
  return taken;
}

}  // namespace innkeeper::storage
