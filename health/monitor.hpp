#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "health/reasons.hpp"

/// Collects the troubles of every part of the server, so that none is silent. A trouble has a
/// reason, a beginning, an end and a count. The monitor writes log lines, at most a few a minute
/// for each reason. It provides the answers of `/healthz`, `/readyz` and `/metrics`. One for the
/// whole server, made by the composition root; any thread.
namespace innkeeper::health {

enum class severity { info, warning, error };

/// The current state of one reason.
struct trouble {
  reason what;
  bool is_on = false;
  /// Occurrences since the start.
  std::uint64_t count = 0;
  /// The detail of the first occurrence since the last log line; if there is none, the logged
  /// detail.
  std::string detail;
};

class monitor {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using log_sink = std::function<void(severity, const std::string&)>;

  /// Writes log lines to `log`, on the thread that reports or calls end() or tick().
  explicit monitor(
      log_sink log = [](severity, const std::string&) {},
      std::function<time_point()> now = std::chrono::steady_clock::now);

  /// Records an occurrence. `detail` is a clause without a full stop: what happened, and where. It
  /// must contain no secret.
  void report(reason what, std::string_view detail);
  /// Ends a trouble whose ending is `told`. Does nothing if it is not on.
  void end(reason what);
  bool is_on(reason what) const;
  /// A cheap check before frequent calls of end().
  bool any_storage_trouble() const { return storage_troubles_ != 0; }

  /// An error frame with this stable code was sent to a client.
  void count_error(std::string_view code);
  /// The server closed a WebSocket with this code.
  void count_closed(std::uint16_t code);
  std::map<std::string, std::uint64_t, std::less<>> errors() const;
  std::map<std::uint16_t, std::uint64_t> closes() const;

  /// Ends troubles that were quiet for a minute, and logs a summary of continuing ones. To be
  /// called once a second.
  void tick();

  /// All reasons, in the order of the enumeration.
  std::vector<trouble> troubles() const;
  /// Whether the server takes reads and writes.
  bool is_ready() const;
  /// The text for `/readyz`: "ok\n", or one line for each trouble that blocks readiness.
  std::string readiness_text() const;

 private:
  struct state {
    bool is_on = false;
    std::uint64_t count = 0;
    std::uint64_t count_at_begin = 0;
    std::uint64_t count_when_logged = 0;
    time_point began{};
    time_point last{};
    time_point logged{};
    time_point ended{};
    /// It began again soon after its end, and no log line reported that.
    bool is_unlogged = false;
    std::string detail;
  };
  struct line {
    severity how;
    std::string text;
  };

  state& of(reason what) { return states_[static_cast<std::size_t>(what)]; }
  const state& of(reason what) const { return states_[static_cast<std::size_t>(what)]; }
  /// Call these with the mutex held.
  bool is_on_at(const reason_facts& facts, time_point now) const;
  line end_of(const reason_facts& facts, state& its, time_point now);
  void look_at_storage();

  log_sink log_;
  std::function<time_point()> now_;
  mutable std::mutex mutex_;
  std::array<state, reason_count> states_{};
  std::map<std::string, std::uint64_t, std::less<>> errors_;
  std::map<std::uint16_t, std::uint64_t> closes_;
  std::atomic<int> storage_troubles_{0};
};

}  // namespace innkeeper::health
