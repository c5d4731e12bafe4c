#pragma once

#include <string>
#include <string_view>

/// SHA-256 where the protocol uses it: object ids and the keys that admins log in with. Pure
/// functions: any thread.
namespace innkeeper::proto {

/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

/// The id of a room's durable object: a function of the room's name alone.
std::string object_id(std::string_view room_name);

/// Whether `key` (hex in either case) is SHA-256 of room name + timestamp + signing key. Takes the
/// same time wherever a wrong key first differs.
bool is_admin_key(std::string_view key, std::string_view room_name, std::string_view timestamp,
                  std::string_view signing_key);

}  // namespace innkeeper::proto
