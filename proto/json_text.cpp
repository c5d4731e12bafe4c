#include "proto/json_text.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "proto/json_reader.hpp"

namespace innkeeper::proto {
namespace {

/// Keeps the last of equal keys, at the place where it was written last. Sorted instead of hashed:
/// strangers know keys with equal hashes.
void drop_repeated_keys(std::vector<json_field>& fields) {
  if (fields.size() < 2 || (fields.size() == 2 && fields[0].key != fields[1].key)) return;
  std::vector<std::size_t> by_key(fields.size());
  std::iota(by_key.begin(), by_key.end(), std::size_t{0});
  std::ranges::stable_sort(by_key, {},
                           [&](std::size_t i) -> const std::string& { return fields[i].key; });
  std::vector<bool> keep(fields.size(), true);
  for (std::size_t i = 1; i < by_key.size(); ++i) {
    if (fields[by_key[i - 1]].key == fields[by_key[i]].key) keep[by_key[i - 1]] = false;
  }
  std::size_t index = 0;
  std::erase_if(fields, [&](const json_field&) { return !keep[index++]; });
}

}  // namespace

json_object::json_object(std::vector<json_field> fields) : fields_(std::move(fields)) {
  drop_repeated_keys(fields_);
}

const json_value* json_object::find(std::string_view key) const {
  const auto found = std::ranges::find(fields_, key, &json_field::key);
  return found == fields_.end() ? nullptr : &found->value;
}

std::variant<protocol_error, json_object> parse_object(std::string_view text,
                                                       const limits& bounds) {
  auto fields = read_fields(text, bounds);
  if (auto* error = std::get_if<protocol_error>(&fields)) return std::move(*error);
  return json_object(std::get<std::vector<json_field>>(std::move(fields)));
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
