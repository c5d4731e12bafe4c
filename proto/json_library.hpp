#pragma once

#include <string>
#include <string_view>

#include "proto/limits.hpp"
#include "proto/protocol_error.hpp"

/// What Boost.JSON does for us. No type of it shows here. Pure functions: any thread.
namespace innkeeper::proto {

enum class json_fault { none, not_json, too_deep, too_many_keys };

struct json_check {
  /// The first one.
  json_fault fault = json_fault::none;
  /// Where the last key of the text's outermost object begins, behind its quote; null if that is
  /// not known.
  const char* last_key = nullptr;
};

/// Reads a text that has to be JSON (RFC 8259) of any kind. A number beyond a double's range is a
/// fault, a byte order mark and a lone surrogate too. Nesting takes a bounded stack.
json_check check_json(std::string_view text, const limits& bounds);

/// What a client is told of a fault.
protocol_error error_of(json_fault fault, const limits& bounds);

/// The characters that a valid JSON string means. `quoted` begins and ends with its quotes.
std::string decode_json_string(std::string_view quoted);

}  // namespace innkeeper::proto
