#pragma once

#include "storage/table.hpp"

/// A room's tables, created by the migrations.
namespace innkeeper::room::tables {

inline const storage::table states{
    "room_states", {}, {"config", "increment", "bytes", "sessions", "written_ms"}};
inline const storage::table sessions{
    "room_sessions",
    {"session"},
    {"suffix", "properties", "subscriptions", "last_seen_ms", "kept", "seen_at_ms"}};
/// A view of `sessions`; read-only, for list() and visit().
inline const storage::table forgettable{"room_forgettable", {"last_seen_ms", "session"}, {}};
inline const storage::table tallies{"room_tallies", {"poll", "answer"}, {"votes"}};
inline const storage::table votes{"room_votes", {"poll", "session"}, {"answer"}};
inline const storage::table counters{"room_counters", {"counter"}, {"value"}};
inline const storage::table used_keys{"room_used_keys", {"key_hash"}, {"session", "expires_ms"}};

}  // namespace innkeeper::room::tables
