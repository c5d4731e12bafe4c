// What went wrong, if anything did, and what led to it. Faults are found inside actors, whose
// exceptions CAF swallows; so they are written down here and asked for after each step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace innkeeper::simulation {

/// What a run did, summed up over seeds.
struct tally {
  std::uint64_t seeds = 0;
  std::uint64_t turns = 0;
  /// Those that took a turn.
  std::uint64_t objects = 0;
  std::uint64_t frames = 0;
  std::uint64_t crashes = 0;
  std::uint64_t drains = 0;
  std::uint64_t commits = 0;
  std::uint64_t sleeps = 0;
  std::uint64_t wakes = 0;
  std::uint64_t alarms = 0;
  /// Batches that a full disk or a lock kept out, and those that failed in any other way.
  std::uint64_t commits_refused = 0;
  std::uint64_t commits_rejected = 0;
  std::uint64_t read_faults = 0;
  /// Reads whose rows were not here yet.
  std::uint64_t late_reads = 0;
  std::uint64_t objects_broken = 0;
  std::uint64_t turns_undone = 0;

  void add(const tally& other);
  std::string text() const;

  friend bool operator==(const tally&, const tally&) = default;
};

class run_report {
 public:
  explicit run_report(bool tracing) : tracing_(tracing) {}

  /// The first complaint counts: what comes after it is its consequence.
  void complain(std::string what) {
    note([&] { return "FAULT: " + what; });
    if (!fault_) fault_ = std::move(what);
  }
  bool failed() const { return fault_.has_value(); }
  const std::optional<std::string>& fault() const { return fault_; }

  /// `line` gives the text; called only when somebody wants to read it.
  template <class Line>
  void note(const Line& line) {
    if (!tracing_) return;
    if (trace_.size() == lines_max) trace_.pop_front();
    trace_.push_back(line());
  }
  std::string trace() const;

  tally count;

 private:
  static constexpr std::size_t lines_max = 20'000;

  bool tracing_;
  std::optional<std::string> fault_;
  std::deque<std::string> trace_;
};

}  // namespace innkeeper::simulation
