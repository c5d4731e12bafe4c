#pragma once

#include <string>
#include <string_view>

#include "proto/limits.hpp"
#include "proto/protocol_error.hpp"

/// Our use of Boost.JSON, without its types. Pure functions: any thread.
namespace innkeeper::proto {

enum class json_fault { none, not_json, too_deep, too_many_keys };

struct json_check {
  /// The first fault.
  json_fault fault = json_fault::none;
  /// Start of the last key of the outermost object, after its quote; null if unknown.
  const char* last_key = nullptr;
};

/// Checks that a text is JSON (RFC 8259) of any kind. A number beyond a double's range, a byte
/// order mark and a lone surrogate are faults. Nesting uses a bounded stack.
json_check check_json(std::string_view text, const limits& bounds);

/// The error that a client receives for a fault.
protocol_error error_of(json_fault fault, const limits& bounds);

/// Decodes a valid JSON string. `quoted` includes its quotes.
std::string decode_json_string(std::string_view quoted);

}  // namespace innkeeper::proto
