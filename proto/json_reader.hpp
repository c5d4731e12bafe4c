#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/json_text.hpp"

/// The one pass over a message's JSON (RFC 8259). A byte costs a few instructions whatever it is,
/// an escape or a number's exponent too, and nesting takes no stack: strangers choose the text.
/// Pure functions: any thread.
namespace innkeeper::proto {

/// The fields of the object that `text` is, equal keys and all, decoded where they are strings; or
/// why there are none. The fields' raw texts point into `text`.
std::variant<protocol_error, std::vector<json_field>> read_fields(std::string_view text,
                                                                  const limits& bounds = {});

/// A character that stands for itself in a JSON string, whoever reads or writes it.
constexpr bool is_plain(char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/// The first of them that is not plain, or `end`.
const char* skip_plain(const char* at, const char* end);

/// Behind the character outside of ASCII that begins there; null if that is no UTF-8 (RFC 3629).
const char* skip_character(const char* at, const char* end);

}  // namespace innkeeper::proto
