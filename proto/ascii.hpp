#pragma once

#include <algorithm>
#include <string>
#include <string_view>

/// ASCII characters, independent of the locale. Any thread.
namespace innkeeper::proto {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lower(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(), [](char c) { return lower(c); });
  return made;
}

/// HTTP's optional white space, RFC 9110 section 5.6.3.
inline constexpr std::string_view blanks = " \t";
/// The same and the characters that end lines.
inline constexpr std::string_view blanks_and_line_ends = " \t\r\n";

/// The text without characters of `what` at either end.
constexpr std::string_view trimmed(std::string_view text, std::string_view what) {
  const auto begin = text.find_first_not_of(what);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(what) - begin + 1);
}

/// Cuts the piece up to `separator` off the front of `rest`, and the separator with it.
constexpr std::string_view take_until(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto piece = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return piece;
}

/// The text without the quotes around it, if it has both.
constexpr std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace innkeeper::proto
