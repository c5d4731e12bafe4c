#pragma once

#include <string_view>

/// The keys with which admins log in to a room. Pure functions: any thread.
namespace innkeeper::room {

/// Whether `key` (hex in either case) is the SHA-256 of the concatenation room name + timestamp +
/// signing key. Takes constant time, wherever a wrong key first differs.
bool is_admin_key(std::string_view key, std::string_view room_name, std::string_view timestamp,
                  std::string_view signing_key);

}  // namespace innkeeper::room
