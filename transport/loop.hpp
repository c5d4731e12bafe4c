#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

/// One thread that runs its sockets and its actors: an Asio io_context and a CAF execution unit in
/// one, so that a message between a socket and its room crosses no thread. A turn of the loop: run
/// what is ready (bounded), run actors (bounded), then flush each dirty outbox once, which
/// coalesces everything that the turn had to say to a connection into one system call.
namespace innkeeper::transport {

class outbox;

class loop final : public caf::execution_unit {
 public:
  using io_context = boost::asio::io_context;
  using executor = io_context::executor_type;

  loop(caf::actor_system& system, std::size_t index, std::size_t max_throughput);
  ~loop() override;

  /// Any thread, before and after the loop's thread runs as well.
  io_context& io() { return io_; }
  std::size_t index() const { return index_; }
  bool is_current_thread() const { return std::this_thread::get_id() == thread_id_; }

  void start(std::function<void()> on_thread_start, std::function<void()> on_thread_end);
  /// Ends the thread and drops the actors that still wait to run.
  void stop();

  /// Any thread: runs the actor on this loop.
  void exec_later(caf::resumable* actor) override;

  // ---- the loop's thread only

  /// The outbox will be flushed at the end of this turn.
  void mark_dirty(std::shared_ptr<outbox> full);

 private:
  void run();
  void run_actors();
  void run_actor(caf::resumable* actor);
  void flush_outboxes();
  void take_from_inbox();

  std::size_t index_;
  std::size_t max_throughput_;
  io_context io_{1};
  std::optional<boost::asio::executor_work_guard<executor>> work_;
  std::thread thread_;
  std::thread::id thread_id_;

  std::deque<caf::resumable*> ready_;
  std::vector<std::shared_ptr<outbox>> dirty_;
  std::vector<std::shared_ptr<outbox>> flushing_;

  std::mutex inbox_mutex_;
  /// Scheduled from other threads.
  std::vector<caf::resumable*> inbox_;
};

}  // namespace innkeeper::transport
