#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include "proto/json_library.hpp"
#include "proto/json_text.hpp"

namespace innkeeper::proto {
namespace {

/// The characters that determine where an array or object ends.
constexpr auto structural = [] {
  std::array<bool, 256> table{};
  for (const char each : {'"', '{', '}', '[', ']'}) table[static_cast<unsigned char>(each)] = true;
  return table;
}();

json_kind kind_of(char first) {
  switch (first) {
    case '{':
      return json_kind::object;
    case '[':
      return json_kind::array;
    case '"':
      return json_kind::string;
    case 't':
    case 'f':
      return json_kind::boolean;
    case 'n':
      return json_kind::null;
    default:
      return json_kind::number;
  }
}

/// Only for valid texts: there every character up to the space is white space.
bool is_space(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool is_bracket(char c) {
  return c == '{' || c == '[';
}

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

/// Cuts the text of one valid object, so no step checks for the end of the text.
class json_cutter {
 public:
  /// `last_key` points to the object's last key, or is null.
  json_cutter(std::string_view object, const char* last_key, json_object& into)
      : at_(object.data()), end_(at_ + object.size()), last_key_(last_key), into_(into) {}

  void cut() {
    for (bool more = begins(); more; more = goes_on()) {
      auto& made = into_.written_.emplace_back();
      cut_key(made.key);
      const char* begin = at_;
      made.value.kind = kind_of(*begin);
      made.value.is_escaped = made.key.raw.data() == last_key_ ? skip_last() : skip_value();
      made.value.raw = between(begin, at_);
    }
  }

 private:
  void skip_space() {
    while (is_space(*at_)) ++at_;
  }

  /// Moves from the opening brace to the first key; false if there is none.
  bool begins() {
    ++at_;
    skip_space();
    return *at_ == '"';
  }

  /// Moves from the end of a value to the next key; false if there is none.
  bool goes_on() {
    skip_space();
    if (*at_ != ',') return false;
    ++at_;
    skip_space();
    return true;
  }

  /// Cuts the key and moves to its value.
  void cut_key(json_string& key) {
    const char* begin = at_ + 1;
    key.is_escaped = skip_string();
    key.raw = between(begin, at_ - 1);
    skip_space();
    ++at_;
    skip_space();
  }

  /// Skips a string; returns whether it has an escape.
  bool skip_string() {
    bool is_escaped = false;
    for (++at_; *at_ != '"'; ++at_) {
      if (*at_ != '\\') continue;
      is_escaped = true;
      ++at_;
    }
    ++at_;
    return is_escaped;
  }

  /// Skips a value; returns whether it is a string with an escape.
  bool skip_value() {
    if (*at_ == '"') return skip_string();
    if (is_bracket(*at_)) {
      skip_nested();
    } else {
      while (*at_ != ',' && *at_ != '}' && !is_space(*at_)) ++at_;
    }
    return false;
  }

  void skip_nested() {
    std::size_t depth = 0;
    do {
      while (!structural[static_cast<unsigned char>(*at_)]) ++at_;
      if (*at_ == '"') {
        skip_string();
        continue;
      }
      if (is_bracket(*at_)) {
        ++depth;
      } else {
        --depth;
      }
      ++at_;
    } while (depth != 0);
  }

  /// Skips the last value, which only space and the closing brace follow.
  bool skip_last() {
    const char* begin = at_;
    at_ = end_ - 1;
    while (is_space(at_[-1])) --at_;
    return *begin == '"' && between(begin, at_).find('\\') != std::string_view::npos;
  }

  const char* at_;
  const char* end_;
  const char* last_key_;
  json_object& into_;
};

json_object json_value::members() const {
  json_object read;
  if (kind == json_kind::object) json_cutter(raw, nullptr, read).cut();
  return read;
}

std::variant<protocol_error, json_object> parse_object(std::string_view text,
                                                       const limits& bounds) {
  std::variant<protocol_error, json_object> read(std::in_place_type<json_object>);
  const auto checked = check_json(text, bounds);
  const auto object = trimmed(text);
  if (checked.fault != json_fault::none) {
    read = error_of(checked.fault, bounds);
  } else if (!object.starts_with('{')) {
    read = protocol_error{error_code::malformed, "A message has to be a JSON object."};
  } else {
    json_cutter(object, checked.last_key, std::get<json_object>(read)).cut();
  }
  return read;
}

}  // namespace innkeeper::proto
