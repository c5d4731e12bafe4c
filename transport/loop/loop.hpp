#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "transport/loop/read_poll.hpp"
#include "transport/loop/socket_ring.hpp"
#include "transport/loop/timer_queue.hpp"

/// One thread that runs its sockets and its actors: an Asio io_context and a CAF execution unit in
/// one, so that a message between a socket and its room crosses no thread. A turn of the loop: run
/// what is ready (bounded), run actors (bounded), then flush each dirty outbox once, which
/// coalesces everything that the turn had to say to a connection into one system call.
namespace innkeeper::transport {

class dirty_writer;

struct loop_settings {
  /// Messages that an actor may handle before others get their turn: as many as a turn of the loop
  /// brings, so that what a room is told in one turn it answers in one.
  std::size_t messages_per_resume_max = 4096;
  /// Write to many sockets by one call, and read from many, where the kernel has that.
  bool io_uring = true;
  /// At least, from when something comes behind one rest to the next rest.
  std::chrono::milliseconds between_rests{1000};
};

class loop final : public caf::execution_unit {
 public:
  using io_context = boost::asio::io_context;
  using executor = io_context::executor_type;

  /// How many sockets are written to by one call: enough for the way into the kernel to cost
  /// nothing each, few enough for what the first of them has touched to be still in the cache
  /// behind the last.
  static constexpr unsigned int sent_together_max = 256;

  loop(caf::actor_system& system, std::size_t index, loop_settings settings);
  ~loop() override;

  /// Any thread, before and after the loop's thread runs as well.
  io_context& io() { return io_; }
  std::size_t index() const { return index_; }
  /// Null if the thread is no loop's.
  static loop* of_this_thread();
  bool is_current_thread() const { return of_this_thread() == this; }

  void start(std::function<void()> on_thread_start, std::function<void()> on_thread_end);
  /// Ends the thread and drops the actors that still wait to run.
  void stop();

  /// Any thread: runs the actor on this loop.
  void exec_later(caf::resumable* actor) override;

  /// Called on the loop's thread.
  struct pauses {
    /// A turn's actors have run; what they have said has not left yet.
    std::function<void(std::chrono::steady_clock::time_point now)> turn_ended;
    /// Nothing is ready: the loop waits.
    std::function<void()> about_to_wait;
    /// Nothing has come for a while: once for each time that something has come, and not too often.
    std::function<void()> at_rest;
  };
  /// Any thread: from now on these are called.
  void tell_pauses(pauses whom);
  /// Any thread: what WebSockets have sent since the start.
  std::uint64_t bytes_heard() const { return bytes_heard_.load(std::memory_order_relaxed); }

  // ---- the loop's thread only

  /// One turn of what is ready, without waiting; gives how many handlers that was. The loop's own
  /// thread does this again and again; without it whoever has the loop to itself may.
  std::size_t turn();

  /// It will be written at the end of this turn. It calls forget_dirty if it ends before.
  void mark_dirty(dirty_writer& full) { dirty_.push_back(&full); }
  void forget_dirty(const dirty_writer& gone);

  /// So much has been read in this turn. A turn that has read much ends early: what it reads has to
  /// be held until it is dealt with.
  void bytes_read(std::size_t size) {
    // Nobody else writes: cheaper than an addition that locks.
    bytes_heard_.store(bytes_heard() + size, std::memory_order_relaxed);
  }

  /// Runs this when the next turn begins: what may come in crowds does not fill a turn that way.
  void next_turn(std::function<void()> what) { next_turn_.push_back(std::move(what)); }

  read_poll& reads() { return reads_; }
  /// For one read at a time, to be dealt with before the next.
  std::span<char> read_space() { return read_space_; }

  /// The time of this turn: at most one reading of the clock for everything in it.
  std::chrono::steady_clock::time_point now();
  /// The same in milliseconds since 1970-01-01 UTC.
  std::int64_t wall_ms();
  /// Runs nothing by itself: whoever waits is woken once, at `due` or a little later.
  void wake_at(std::chrono::steady_clock::time_point due, std::weak_ptr<timer_handler> who) {
    alarms_.add(due, std::move(who));
  }

  /// When the process last went on after it had stood still, as far as an alarm was due meanwhile:
  /// no peer could be heard until then, or sent anything.
  std::chrono::steady_clock::time_point resumed_at() const { return alarms_.resumed_at(); }

 private:
  void run();
  /// Runs one handler, when there is one; gives 0 at the end.
  std::size_t wait();
  /// The next to ask for the time is told what it is then.
  void forget_time();
  /// To be asked before each part of a turn's reading.
  bool is_turn_long_enough();
  void run_actors();
  void run_actor(caf::resumable* actor);
  void flush_outboxes();
  void flush_by_ring(std::size_t place);
  void send_all();
  void take_from_inbox();

  std::size_t index_;
  loop_settings settings_;
  io_context io_{1};
  std::optional<boost::asio::executor_work_guard<executor>> work_;
  std::thread thread_;

  std::vector<char> read_space_;
  /// Parts of the turn since the clock was looked at.
  std::size_t parts_ = 0;
  std::atomic<std::uint64_t> bytes_heard_ = 0;
  std::uint64_t heard_before_turn_ = 0;
  /// Until its actors have run.
  bool turn_is_long_enough_ = false;
  std::optional<pauses> pauses_;
  /// From when on a pause is a rest. Nothing while nothing has come since the last one.
  std::optional<std::chrono::steady_clock::time_point> rest_due_;
  std::deque<caf::resumable*> ready_;
  std::vector<std::function<void()>> next_turn_;
  std::vector<dirty_writer*> dirty_;
  std::vector<dirty_writer*> flushing_;
  /// Null where the kernel has none.
  std::unique_ptr<socket_ring> ring_;
  /// Pieces for one socket behind each other, until they are sent.
  std::vector<char> gathered_;
  std::size_t gathered_bytes_ = 0;
  timer_queue alarms_{io_};
  std::optional<std::chrono::steady_clock::time_point> now_;
  std::optional<std::int64_t> wall_ms_;

  std::mutex inbox_mutex_;
  /// Scheduled from other threads.
  std::vector<caf::resumable*> inbox_;

  /// Ended first: with it end sessions, which look for their outboxes above.
  read_poll reads_;
};

}  // namespace innkeeper::transport
