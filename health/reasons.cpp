#include "health/reasons.hpp"

#include <array>

namespace innkeeper::health {
namespace {

using enum reason;

constexpr bool ready = false;
constexpr bool not_ready = true;
constexpr bool warning = false;
constexpr bool error = true;

constexpr std::array<reason_facts, reason_count> table{{
    {file_damaged, "file_damaged", family::storage, ending::restart, not_ready, error,
     "Stop the server, check the disk, and restore the file from a backup."},
    {disk_fails, "disk_fails", family::storage, ending::quiet, not_ready, error,
     "Check the disk and the system's log."},
    {storage_full, "storage_full", family::storage, ending::told, not_ready, error,
     "Make room on the disk; no restart is needed."},
    {file_locked, "file_locked", family::storage, ending::told, not_ready, error,
     "End the other program's transaction."},
    {file_gone, "file_gone", family::storage, ending::restart, not_ready, error,
     "Put the file back and start the server again."},
    {disk_slow, "disk_slow", family::storage, ending::quiet, ready, warning,
     "Look for what else uses the disk."},
    {log_held, "log_held", family::storage, ending::told, ready, warning,
     "End the long read transaction of the other program."},
    {descriptors_short, "descriptors_short", family::other, ending::quiet, not_ready, error,
     "Raise the limit on open files (ulimit -n, LimitNOFILE=)."},
    {memory_short, "memory_short", family::other, ending::quiet, ready, error,
     "Give the server more memory, or lower its limits."},
    {sockets_max, "sockets_max", family::refusal, ending::quiet, not_ready, error,
     "Raise --sockets-max or the limit on open files."},
    {sockets_per_ip, "sockets_per_ip", family::refusal, ending::quiet, ready, warning,
     "If many people share that address, raise --sockets-per-ip."},
    {connects_per_second, "connects_per_second", family::refusal, ending::quiet, ready, warning,
     "If many people share that address, raise --connects-per-second."},
    {requests_per_second, "requests_per_second", family::refusal, ending::quiet, ready, warning,
     "If many people share that address, raise --requests-per-second."},
    {new_rooms, "new_rooms", family::refusal, ending::quiet, ready, warning,
     "If an application makes these rooms, raise --new-rooms-per-minute."},
    {room_sockets, "room_sockets", family::refusal, ending::quiet, ready, warning,
     "If the room may be larger, raise --room-sockets."},
    {sessions_per_room, "sessions_per_room", family::refusal, ending::quiet, ready, warning,
     "If the room may be larger, raise --sessions-per-room."},
    {room_messages, "room_messages", family::refusal, ending::quiet, ready, warning,
     "If the room may be louder, raise --room-messages-per-second."},
    {slow_reader, "slow_reader", family::refusal, ending::quiet, ready, warning,
     "Its network is slow, or its program does not read."},
    {origin_refused, "origin_refused", family::refusal, ending::quiet, ready, warning,
     "If that page is yours, add its origin to --allowed-origins."},
    {page_without_cookies, "page_without_cookies", family::other, ending::quiet, ready, warning,
     "Its visitors are new with each visit. If that page is yours, name its origin in "
     "--allowed-origins."},
    {proxy_not_trusted, "proxy_not_trusted", family::other, ending::quiet, ready, warning,
     "If that is your proxy, name it in --trusted-proxies; all its clients count as one address "
     "until then."},
    {admin_login_failed, "admin_login_failed", family::other, ending::quiet, ready, warning,
     "Check that the client signs with one of the server's keys and that its clock is right."},
    {object_broken, "object_broken", family::other, ending::quiet, ready, error,
     "Its clients were sent away and it starts afresh from the file."},
    {certificate_ends_soon, "certificate_ends_soon", family::other, ending::told, ready, warning,
     "Renew the certificate and send SIGHUP."},
}};

static_assert([] {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].what) != i) return false;
  }
  return true;
}());

}  // namespace

std::span<const reason_facts, reason_count> all_reasons() {
  return table;
}

const reason_facts& facts_of(reason what) {
  return table[static_cast<std::size_t>(what)];
}

}  // namespace innkeeper::health
