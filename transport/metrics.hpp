#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "actors/durable/runtime.hpp"

/// What an operator can watch, in Prometheus' text format. Any thread.
namespace innkeeper::transport {

class metrics final : public durable::runtime_observer {
 public:
  metrics();

  void awake_changed(int difference) override { rooms_awake_.Increment(difference); }
  void asleep_changed(int difference) override { rooms_asleep_.Increment(difference); }

  /// Rooms whose sockets are not read because the disk is behind have become more or fewer.
  void congested_changed(int difference) { rooms_congested_.Increment(difference); }
  void socket_opened() { sockets_.Increment(); }
  void socket_closed() { sockets_.Decrement(); }
  void message_received() { uncounted_messages_.fetch_add(1, std::memory_order_relaxed); }
  void frames_sent(std::size_t count) { frames_.Increment(static_cast<double>(count)); }
  /// One transaction that made `acknowledged` batches durable.
  void committed(std::size_t acknowledged);

  /// Asked whenever the text is made. Once, before anybody asks for the text.
  void watch_memory(std::function<std::size_t()> allocated_bytes);

  /// The text for `/metrics`.
  std::string text() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Gauge& sockets_;
  prometheus::Gauge& rooms_awake_;
  prometheus::Gauge& rooms_asleep_;
  prometheus::Gauge& rooms_congested_;
  prometheus::Counter& messages_;
  prometheus::Counter& frames_;
  prometheus::Counter& commits_;
  prometheus::Histogram& acknowledgements_;
  /// Null if nobody knows.
  prometheus::Gauge* allocated_ = nullptr;
  std::function<std::size_t()> allocated_bytes_;
  /// Since the text was made last: what comes so often is to cost no more than this. Apart from
  /// what is only read.
  alignas(64) mutable std::atomic<std::uint64_t> uncounted_messages_ = 0;
};

}  // namespace innkeeper::transport
