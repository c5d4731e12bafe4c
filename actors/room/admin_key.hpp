#pragma once

#include <string_view>

/// The keys that admins of a room log in with. Pure functions: any thread.
namespace innkeeper::room {

/// Whether `key` (hex in either case) is SHA-256 of room name + timestamp + signing key. Takes the
/// same time wherever a wrong key first differs.
bool is_admin_key(std::string_view key, std::string_view room_name, std::string_view timestamp,
                  std::string_view signing_key);

}  // namespace innkeeper::room
