#pragma once

#include <cstddef>
#include <span>
#include <string_view>

/// Everything that can go wrong with a server and that its operator needs to know. Log lines,
/// metrics, health answers and the table in docs/operating.md are made from this one list. Values:
/// any thread.
namespace innkeeper::health {

enum class reason {
  // ---- the file and its disk
  file_damaged,
  disk_fails,
  storage_full,
  file_locked,
  file_gone,
  disk_slow,
  log_held,
  // ---- resources of the system
  descriptors_short,
  memory_short,
  // ---- limits that refuse clients
  sockets_max,
  sockets_per_ip,
  connects_per_second,
  requests_per_second,
  new_rooms,
  room_sockets,
  sessions_per_room,
  room_messages,
  slow_reader,
  // ---- clients and the proxies between
  origin_refused,
  page_without_cookies,
  proxy_not_trusted,
  admin_login_failed,
  // ---- the server itself
  object_broken,
  certificate_ends_soon,
};

/// How a trouble ends.
enum class ending {
  /// The reporting code calls end().
  told,
  /// It ends when it has not occurred for a minute.
  quiet,
  /// It lasts until the server restarts.
  restart,
};

/// The counter that its occurrences increment, besides that of troubles.
enum class family { storage, refusal, other };

struct reason_facts {
  reason what;
  /// The label in metrics and the word in log lines. Never changes.
  std::string_view name;
  family counted_as;
  ending ends;
  /// `/readyz` answers 503 while it lasts: the server does not take reads and writes.
  bool blocks_readiness;
  /// True: a fault of this server, logged as an error. False: a client's mistake or attack, logged
  /// as a warning.
  bool is_error;
  /// A sentence for the operator: what to do. The log line ends with it.
  std::string_view advice;
};

inline constexpr std::size_t reason_count =
    static_cast<std::size_t>(reason::certificate_ends_soon) + 1;

/// All reasons, in the order of the enumeration.
std::span<const reason_facts, reason_count> all_reasons();
const reason_facts& facts_of(reason what);

}  // namespace innkeeper::health
