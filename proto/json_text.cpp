#include "proto/json_text.hpp"

#include <algorithm>
#include <utility>

#include "proto/json_characters.hpp"

namespace innkeeper::proto {
json_string json_value::string() const {
  if (kind != json_kind::string) return {};
  return {raw.substr(1, raw.size() - 2), is_escaped};
}

const json_value* json_fields::find(std::string_view key) const {
  const auto found = std::find_if(written_.rbegin(), written_.rend(),
                                  [&](const json_field& each) { return each.key == key; });
  return found == written_.rend() ? nullptr : &found->value;
}

/// Sorted instead of hashed: strangers know keys with equal hashes.
std::vector<json_field> json_fields::distinct() const {
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

json_fields json_object::members_of(const json_value& value) const {
  return json_fields(std::span(inner_).subspan(value.first_member, value.member_count));
}

std::string quote(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::string_view controls = "\b\t\n\f\r";
  constexpr std::string_view letters = "btnfr";
  std::string quoted;
  quoted.reserve(text.size() + 2);
  quoted += '"';
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const char* next = skip_plain(at, end);
    quoted.append(at, next);
    if (next == end) break;
    const auto byte = static_cast<unsigned char>(*next);
    if (byte == '"' || byte == '\\') {
      quoted.append({'\\', *next});
    } else if (byte >= 0x20) {
      quoted += *next;
    } else if (const auto known = controls.find(*next); known != std::string_view::npos) {
      quoted.append({'\\', letters[known]});
    } else {
      quoted.append("\\u00").append({digits[byte >> 4U], digits[byte & 0xFU]});
    }
    at = next + 1;
  }
  return quoted += '"';
}

bool is_utf8(std::string_view text) {
  unsigned int bits = 0;  // without a way out of the loop it takes many bytes at a time
  for (const char each : text) bits |= static_cast<unsigned char>(each);
  if (bits < 0x80U) return true;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const bool is_ascii = static_cast<unsigned char>(*at) < 0x80U;
    at = is_ascii ? at + 1 : skip_character(at, end);
    if (at == nullptr) return false;
  }
  return true;
}

}  // namespace innkeeper::proto
