#pragma once

#include <cstddef>
#include <span>
#include <string_view>

/// Everything that can go wrong with a server and that its owner has to hear of: one list, from
/// which log lines, metrics, health answers and the table in docs/operating.md are made. Values:
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
  // ---- what the system gives
  descriptors_short,
  memory_short,
  // ---- limits that turn somebody away
  sockets_max,
  sockets_per_ip,
  connects_per_second,
  requests_per_second,
  new_rooms,
  room_sockets,
  sessions_per_room,
  room_messages,
  slow_reader,
  // ---- clients and their way here
  origin_refused,
  page_without_cookies,
  proxy_not_trusted,
  admin_login_failed,
  // ---- the server itself
  object_broken,
  certificate_ends_soon,
};

/// How a trouble comes to its end.
enum class ending {
  /// Whoever has begun it says when it is over.
  told,
  /// It is over when nothing of its kind has happened for a minute.
  quiet,
  /// It lasts until the server is started again.
  restart,
};

/// Which counter its occurrences go to, besides that of troubles.
enum class family { storage, refusal, other };

struct reason_facts {
  reason what;
  /// The label in metrics and the word in log lines. Never changes.
  std::string_view name;
  family counted_as;
  ending ends;
  /// While it lasts `/readyz` answers 503: the server does not take reads and writes.
  bool blocks_readiness;
  /// A mistake or an attack of somebody else, not a fault of this server: logged as a warning.
  bool is_error;
  /// A sentence for the owner: what to do. Ends the log line.
  std::string_view advice;
};

inline constexpr std::size_t reason_count =
    static_cast<std::size_t>(reason::certificate_ends_soon) + 1;

/// All reasons, in the order of the enumeration.
std::span<const reason_facts, reason_count> all_reasons();
const reason_facts& facts_of(reason what);

}  // namespace innkeeper::health
