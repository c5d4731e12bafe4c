#pragma once

#include <array>
#include <cstddef>

/// What is read and what is written agree on: which characters of a JSON string stand for
/// themselves. Pure functions: any thread.
namespace innkeeper::proto {

/// A character that stands for itself in a JSON string, whoever reads or writes it.
constexpr bool is_plain(char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/// One look instead of four comparisons.
inline constexpr auto plain_characters = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = is_plain(static_cast<char>(i));
  return table;
}();

/// The first of them that is not plain, or `end`.
inline const char* skip_plain(const char* at, const char* end) {
  while (at != end && plain_characters[static_cast<unsigned char>(*at)]) ++at;
  return at;
}

/// Behind the character outside of ASCII that begins there; null if that is no UTF-8 (RFC 3629).
const char* skip_character(const char* at, const char* end);

}  // namespace innkeeper::proto
