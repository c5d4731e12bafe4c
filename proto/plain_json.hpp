#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "proto/json_text.hpp"

/// The short way through the JSON that clients nearly always send: ASCII strings without escapes,
/// numbers of a few digits without exponent, little nesting. Whatever is not plainly valid is left
/// to the general parser, so this one never has to refuse anything. Pure functions: any thread.
namespace innkeeper::proto {

/// A character that stands for itself in a JSON string, whoever reads or writes it.
constexpr bool is_plain(char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/// The fields of the object that `text` is, equal keys and all; nothing if the text is anything but
/// plain or beyond a bound, be it valid or not. The fields point into `text`.
std::optional<std::vector<json_field>> plain_fields(std::string_view text,
                                                    const limits& bounds = {});

}  // namespace innkeeper::proto
