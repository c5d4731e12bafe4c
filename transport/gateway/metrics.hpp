#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "actors/durable/runtime_observer.hpp"
#include "health/monitor.hpp"

/// What an operator can watch, in Prometheus' text format. Any thread.
namespace innkeeper::transport {

class metrics final : public durable::runtime_observer {
 public:
  metrics();

  void awake_changed(int difference) override { rooms_awake_.Increment(difference); }
  void asleep_changed(int difference) override { rooms_asleep_.Increment(difference); }

  void broke(const durable::object_address& which, std::string_view why) override;

  /// Rooms whose sockets are not read because the disk is behind have become more or fewer.
  void congested_changed(int difference) { rooms_congested_.Increment(difference); }
  void socket_opened() { sockets_.Increment(); }
  void socket_closed() { sockets_.Decrement(); }
  void message_received() { uncounted_messages_.fetch_add(1, std::memory_order_relaxed); }
  void frames_sent(std::size_t count) { frames_.Increment(static_cast<double>(count)); }
  /// One transaction that made `acknowledged` batches durable.
  void committed(std::size_t acknowledged);

  /// The program's version, as a figure of its own. Once, before anybody asks for the text.
  void tell_version(const std::string& version);
  /// Asked whenever the text is made. Once, before anybody asks for the text.
  void watch_memory(std::function<std::size_t()> allocated_bytes);

  /// Troubles, errors and closes become figures too. Once, before anybody asks for the text; the
  /// monitor outlives this.
  void watch_health(health::monitor& health) { health_ = &health; }
  /// Null: nobody is told of trouble.
  health::monitor* health() const { return health_; }
  /// The data file's and its log's bytes become figures too. Likewise.
  void watch_file(std::filesystem::path file) { file_ = std::move(file); }
  /// When the certificate ends, in seconds since 1970-01-01 UTC. Any time.
  void certificate_ends_at(std::int64_t seconds) { certificate_ends_s_ = seconds; }

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
  /// Null: nobody is asked.
  health::monitor* health_ = nullptr;
  std::filesystem::path file_;
  /// 0: there is none.
  std::atomic<std::int64_t> certificate_ends_s_ = 0;
  /// Since the text was made last: what comes so often is to cost no more than this. Apart from
  /// what is only read.
  alignas(64) mutable std::atomic<std::uint64_t> uncounted_messages_ = 0;
};

}  // namespace innkeeper::transport
