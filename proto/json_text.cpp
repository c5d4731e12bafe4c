#include "proto/json_text.hpp"

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "proto/json_library.hpp"

namespace innkeeper::proto {
namespace {

namespace utf = boost::locale::utf;

constexpr bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

/// Replaces invalid UTF-8 by U+FFFD: an exception would end the server.
std::string quoted_by_library(std::string_view text) {
  return nlohmann::ordered_json(text).dump(-1, ' ', false,
                                           nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

std::string json_string::text() const {
  if (!is_escaped) return std::string(raw);
  return decode_json_string({raw.data() - 1, raw.size() + 2});
}

json_string json_value::string() const {
  if (kind != json_kind::string) return {};
  return {raw.substr(1, raw.size() - 2), is_escaped};
}

/// Sorted instead of hashed: clients can construct keys with equal hashes.
std::vector<json_field> json_object::distinct() const {
  if (written_.size() < 2) return {written_.begin(), written_.end()};
  std::vector<std::pair<std::string, std::size_t>> by_key;
  by_key.reserve(written_.size());
  for (const auto& each : written_) by_key.emplace_back(each.key.text(), by_key.size());
  std::ranges::sort(by_key);
  std::vector<bool> keep(written_.size(), true);
  for (std::size_t i = 1; i < by_key.size(); ++i) {
    if (by_key[i - 1].first == by_key[i].first) keep[by_key[i - 1].second] = false;
  }
  std::vector<json_field> kept;
  for (std::size_t i = 0; i < written_.size(); ++i) {
    if (keep[i]) kept.push_back(written_[i]);
  }
  return kept;
}

std::string quote(std::string_view text) {
  if (std::ranges::any_of(text, needs_escape)) return quoted_by_library(text);
  std::string quoted;
  quoted.reserve(text.size() + 2);
  return quoted.append(1, '"').append(text).append(1, '"');
}

bool is_utf8(std::string_view text) {
  unsigned int bits = 0;  // without an early exit the loop handles many bytes at a time
  for (const char each : text) bits |= static_cast<unsigned char>(each);
  if (bits < 0x80U) return true;
  const auto* at = text.begin();
  while (at != text.end()) {
    if (!utf::is_valid_codepoint(utf::utf_traits<char>::decode(at, text.end()))) return false;
  }
  return true;
}

}  // namespace innkeeper::proto
