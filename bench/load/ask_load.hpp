#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "bench/load/histogram.hpp"
#include "bench/load/load.hpp"
#include "bench/load/swarm.hpp"

/// Questions that are each answered by one frame to the asker; a connection has at most one
/// outstanding, and the connections take turns. One thread.
namespace innkeeper::bench {

struct ask_options {
  /// What a connection asks.
  std::function<std::string(std::size_t connection)> question;
  /// Questions under way at once, over all connections.
  std::size_t outstanding_max = 1;
  /// How long it is measured; 0: until each connection has asked once.
  double seconds = 0;
};

class ask_load final : public load {
 public:
  ask_load(swarm& through, const ask_options& options);

  void received(std::size_t connection, std::size_t frames, std::int64_t now) override;
  void turn_ended(std::int64_t now) override;
  bool finished(std::int64_t now) const override;

  const histogram& latency() const { return latency_; }
  /// All answers, those before it was measured as well.
  std::uint64_t answered() const { return answered_; }
  /// Answers a second while it was measured.
  double rate() const;

 private:
  bool once() const { return until_ == 0; }
  bool asking(std::int64_t now) const { return once() || now < until_; }

  swarm& swarm_;
  std::vector<std::string> questions_;
  std::size_t outstanding_max_;
  std::size_t outstanding_ = 0;
  std::uint64_t answered_ = 0;
  /// Connections without a question, the one that has waited longest first.
  std::deque<std::size_t> free_;
  std::vector<std::int64_t> asked_at_;
  std::int64_t measured_from_ = 0;
  std::int64_t until_ = 0;
  std::int64_t last_at_ = 0;
  histogram latency_;
};

/// Opens connections and closes each as soon as it is ready.
class connect_load final : public load {
 public:
  connect_load(swarm& through, std::size_t outstanding, double seconds);

  void opened(std::size_t connection, std::int64_t now) override;
  void received(std::size_t, std::size_t, std::int64_t) override {}
  void turn_ended(std::int64_t now) override;
  bool finished(std::int64_t now) const override;

  const histogram& latency() const { return latency_; }
  std::uint64_t opened_count() const { return opened_; }
  double rate() const;

 private:
  swarm& swarm_;
  std::size_t outstanding_max_;
  std::size_t outstanding_ = 0;
  std::size_t next_ = 0;
  std::uint64_t opened_ = 0;
  std::vector<std::int64_t> begun_at_;
  std::vector<std::size_t> to_close_;
  std::int64_t from_;
  std::int64_t until_;
  std::int64_t last_at_ = 0;
  histogram latency_;
};

}  // namespace innkeeper::bench
