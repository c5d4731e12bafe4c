#include "transport/loop/loop.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <future>
#include <utility>

#include "memory/prefetch.hpp"
#include "transport/loop/dirty_writer.hpp"

namespace innkeeper::transport {
namespace {

/// Bounds of one turn, so that neither sockets nor actors keep the others waiting for long. They
/// pace the loop, and nothing is refused at them: so they are none of the limits in proto/.
constexpr std::size_t handlers_per_turn_max = 4096;
constexpr int actors_per_turn_max = 2048;
constexpr std::size_t bytes_per_turn_max = std::size_t{1024} * 1024;
constexpr std::chrono::milliseconds reading_max{1};
constexpr std::size_t parts_per_look_at_clock = 16;

/// What one socket may say before it is the others' turn.
constexpr std::size_t read_space_bytes = std::size_t{16} * 1024;

/// What of an actor is worth fetching ahead: a room's inbox lies where the loop finds it, and
/// behind that what the room's turns need.
constexpr std::size_t actor_bytes = 448;

constexpr std::chrono::milliseconds rest_begins_after{20};

/// Of one socket's pieces, to be put together; a socket that has more to say has a call of its own.
constexpr std::size_t gathered_together_max = std::size_t{4} * 1024;
/// Of all sockets'; then they are sent, and others go on.
constexpr std::size_t gathered_max = std::size_t{64} * 1024;

/// For fewer a call each is as cheap.
constexpr std::size_t sent_together_min = 8;

thread_local loop* this_threads_loop = nullptr;

}  // namespace

loop::loop(caf::actor_system& system, std::size_t index, loop_settings settings)
    : caf::execution_unit(&system),
      index_(index),
      settings_(settings),
      read_space_(read_space_bytes),
      gathered_(gathered_max),
      reads_(io_, [this] { return is_turn_long_enough(); }) {}

/// A start that fails half way has not stopped those that run already.
loop::~loop() {
  if (thread_.joinable()) stop();
}

void loop::start(std::function<void()> on_thread_start, std::function<void()> on_thread_end) {
  work_.emplace(io_.get_executor());
  std::promise<void> running;
  thread_ = std::thread(
      [&running, this, begin = std::move(on_thread_start), end = std::move(on_thread_end)] {
        this_threads_loop = this;
        begin();
        running.set_value();
        run();
        end();
      });
  running.get_future().wait();
}

void loop::stop() {
  boost::asio::post(io_, [this] {
    work_.reset();
    io_.stop();
  });
  thread_.join();
  take_from_inbox();
  reads_.end();
  for (auto* actor : ready_) caf::scheduler::abstract_coordinator::cleanup_and_release(actor);
  ready_.clear();
}

void loop::exec_later(caf::resumable* actor) {
  if (is_current_thread()) {
    ready_.push_back(actor);
    return;
  }
  bool first = false;
  {
    const std::lock_guard lock(inbox_mutex_);
    first = inbox_.empty();
    inbox_.push_back(actor);
  }
  if (first) boost::asio::post(io_, [this] { take_from_inbox(); });
}

loop* loop::of_this_thread() {
  return this_threads_loop;
}

void loop::tell_pauses(pauses whom) {
  boost::asio::post(io_, [this, whom = std::move(whom)]() mutable { pauses_ = std::move(whom); });
}

void loop::take_from_inbox() {
  std::vector<caf::resumable*> arrived;
  {
    const std::lock_guard lock(inbox_mutex_);
    arrived.swap(inbox_);
  }
  ready_.insert(ready_.end(), arrived.begin(), arrived.end());
}

void loop::forget_dirty(const dirty_writer& gone) {
  std::ranges::replace(dirty_, const_cast<dirty_writer*>(&gone), nullptr);
  std::ranges::replace(flushing_, const_cast<dirty_writer*>(&gone), nullptr);
}

std::chrono::steady_clock::time_point loop::now() {
  if (!now_) now_ = std::chrono::steady_clock::now();
  return *now_;
}

std::int64_t loop::wall_ms() {
  if (!wall_ms_) {
    wall_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count();
  }
  return *wall_ms_;
}

void loop::forget_time() {
  now_.reset();
  wall_ms_.reset();
}

void loop::run() {
  if (settings_.io_uring) {
    ring_ = socket_ring::open(sent_together_max);
    reads_.read_together_by(read_batch::open());
  }
  rest_due_ = std::chrono::steady_clock::now() + settings_.between_rests;
  while (!io_.stopped()) {
    const bool idle = ready_.empty() && dirty_.empty() && next_turn_.empty();
    if (idle && io_.poll_one() == 0) {
      if (pauses_) pauses_->about_to_wait();
      if (wait() == 0) return;
    }
    turn();
  }
}

/// It passes while the loop waits, whoever has asked for it before.
std::size_t loop::wait() {
  forget_time();
  if (rest_due_) {
    const auto rest = std::max(*rest_due_, std::chrono::steady_clock::now() + rest_begins_after);
    if (const auto handlers = io_.run_one_until(rest); handlers > 0) return handlers;
    rest_due_.reset();
    if (pauses_) pauses_->at_rest();
    forget_time();
  }
  const auto handlers = io_.run_one();
  rest_due_ = std::chrono::steady_clock::now() + settings_.between_rests;
  return handlers;
}

std::size_t loop::turn() {
  for (const auto& what : std::exchange(next_turn_, {})) what();
  std::size_t handlers = 0;
  while (handlers < handlers_per_turn_max && !is_turn_long_enough()) {
    if (io_.poll_one() == 0) break;
    ++handlers;
  }
  heard_before_turn_ = bytes_heard();
  turn_is_long_enough_ = false;
  run_actors();
  if (pauses_) pauses_->turn_ended(now());
  flush_outboxes();
  forget_time();
  return handlers;
}

bool loop::is_turn_long_enough() {
  if (turn_is_long_enough_) return true;
  turn_is_long_enough_ = bytes_heard() - heard_before_turn_ >= bytes_per_turn_max;
  if (++parts_ == parts_per_look_at_clock) {
    parts_ = 0;
    const bool late = std::chrono::steady_clock::now() - now() >= reading_max;
    turn_is_long_enough_ = turn_is_long_enough_ || late;
  }
  return turn_is_long_enough_;
}

void loop::run_actors() {
  for (int n = 0; n < actors_per_turn_max && !ready_.empty(); ++n) {
    if (ready_.size() > memory::prefetch_distance) {
      memory::prefetch(ready_[memory::prefetch_distance], actor_bytes);
    }
    auto* actor = ready_.front();
    ready_.pop_front();
    run_actor(actor);
  }
}

void loop::run_actor(caf::resumable* actor) {
  switch (actor->resume(this, settings_.messages_per_resume_max)) {
    case caf::resumable::resume_later:
      ready_.push_back(actor);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
      caf::intrusive_ptr_release(actor);
      break;
    case caf::resumable::shutdown_execution_unit:
      break;
  }
}

void loop::flush_outboxes() {
  flushing_.swap(dirty_);
  const bool together = ring_ && flushing_.size() >= sent_together_min;
  for (std::size_t i = 0; i < flushing_.size(); ++i) {
    const auto later = i + memory::prefetch_distance;
    if (later < flushing_.size()) memory::prefetch(flushing_[later]);
    if (flushing_[i] == nullptr) continue;
    if (together && ring_) {
      flush_by_ring(i);
    } else {
      flushing_[i]->turn_ended();
    }
  }
  if (together) send_all();
  flushing_.clear();
}

void loop::flush_by_ring(std::size_t place) {
  auto& each = *flushing_[place];
  const auto space = std::span(gathered_).subspan(gathered_bytes_);
  const auto piece = each.turn_ended_with_one_piece(space.first(gathered_together_max));
  if (piece.empty()) return;
  if (piece.data() == space.data()) gathered_bytes_ += piece.size();
  ring_->add_write(each.descriptor(), piece, place);
  if (ring_->is_full() || gathered_.size() - gathered_bytes_ < gathered_together_max) send_all();
}

void loop::send_all() {
  gathered_bytes_ = 0;
  if (!ring_) return;
  const bool working = ring_->perform_all([this](std::uint64_t place, int result) {
    const auto later = place + memory::prefetch_distance;
    if (later < flushing_.size()) memory::prefetch(flushing_[later]);
    if (auto* each = flushing_[place]) each->sent(result);
  });
  if (!working) ring_.reset();
}

}  // namespace innkeeper::transport
