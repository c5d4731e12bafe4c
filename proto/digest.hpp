#pragma once

#include <string>
#include <string_view>

/// SHA-256, and the ids of objects that are made by it. Pure functions: any thread.
namespace innkeeper::proto {

/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

/// An object's id in the table `objects`: a function of its name alone.
std::string object_id(std::string_view name);

}  // namespace innkeeper::proto
