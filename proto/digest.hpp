#pragma once

#include <string>
#include <string_view>

/// SHA-256, and the object ids made with it. Pure functions: any thread.
namespace innkeeper::proto {

/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

/// An object's id in the table `objects`, derived from its name only.
std::string object_id(std::string_view name);

}  // namespace innkeeper::proto
