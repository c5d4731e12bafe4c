#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "proto/ascii.hpp"
#include "proto/json_characters.hpp"
#include "proto/json_text.hpp"

namespace innkeeper::proto {
namespace {

constexpr std::string_view not_json = "The message is not valid JSON.";
constexpr std::string_view no_object = "A message has to be a JSON object.";

/// Any number with so few digits before and behind the point is well within a double's range.
constexpr std::size_t safe_digits_max = 15;

/// A number's text in parts. Its exponent is 0 if it has none.
struct number_parts {
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;
};

/// Whether the number that no double holds is too large rather than too close to 0.
bool is_too_large(const number_parts& number) {
  const auto leading_zeros = number.fraction.find_first_not_of('0');
  const auto zeros = leading_zeros == std::string_view::npos ? 0 : leading_zeros;
  const bool begins_behind_point = number.whole == "0";
  const auto digits = begins_behind_point ? -static_cast<std::int64_t>(zeros)
                                          : static_cast<std::int64_t>(number.whole.size());
  return digits + number.exponent > 0;
}

std::optional<std::uint32_t> four_hex_digits(const char* at, const char* end) {
  constexpr std::ptrdiff_t digits = 4;
  constexpr int base = 16;
  if (end - at < digits) return std::nullopt;
  std::uint32_t code = 0;
  const auto [stop, error] = std::from_chars(at, at + digits, code, base);
  if (error != std::errc() || stop != at + digits) return std::nullopt;
  return code;
}

constexpr bool is_high_surrogate(std::uint32_t code) {
  return code >= 0xD800 && code <= 0xDBFF;
}
constexpr bool is_low_surrogate(std::uint32_t code) {
  return code >= 0xDC00 && code <= 0xDFFF;
}

/// What stands behind a backslash, as far as it is valid.
struct escape {
  std::uint32_t code = 0;
  const char* end = nullptr;
};

std::optional<escape> read_escape(const char* at, const char* end) {
  if (at == end) return std::nullopt;
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (const auto found = letters.find(*at); found != std::string_view::npos) {
    return escape{static_cast<std::uint32_t>(meanings[found]), at + 1};
  }
  if (*at != 'u') return std::nullopt;
  constexpr int unit = 5;  // a letter and four digits
  const auto code = four_hex_digits(at + 1, end);
  if (!code || is_low_surrogate(*code)) return std::nullopt;
  at += unit;
  if (!is_high_surrogate(*code)) return escape{*code, at};
  if (end - at < 2 || at[0] != '\\' || at[1] != 'u') return std::nullopt;
  const auto low = four_hex_digits(at + 2, end);
  if (!low || !is_low_surrogate(*low)) return std::nullopt;
  return escape{0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00), at + 1 + unit};
}

/// RFC 3629 section 3.
void append_utf8(std::string& text, std::uint32_t code) {
  const auto append = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto append_rest = [&](unsigned int shift) { append(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) return append(code);
  if (code < 0x800) {
    append(0xC0U | (code >> 6U));
  } else {
    if (code < 0x10000) {
      append(0xE0U | (code >> 12U));
    } else {
      append(0xF0U | (code >> 18U));
      append_rest(12);
    }
    append_rest(6);
  }
  append_rest(0);
}

/// What stands between the quotes of a valid string.
std::string decoded(std::string_view raw) {
  std::string text;
  text.reserve(raw.size());
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at != end) {
    const char* next = at;
    while (next != end && *next != '\\') ++next;
    text.append(at, next);
    at = next;
    if (at == end) break;
    const auto meant = read_escape(at + 1, end);
    if (!meant) break;
    append_utf8(text, meant->code);
    at = meant->end;
  }
  return text;
}

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

bool is_bracket(char c) {
  return c == '{' || c == '[';
}

char closing(char bracket) {
  return bracket == '{' ? '}' : ']';
}

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

/// Its steps take where they begin and give where they end; null if what stands there is not what
/// they read.
class json_reader {
 public:
  json_reader(std::string_view text, const limits& bounds, json_object& into)
      : begin_(text.data()), end_(begin_ + text.size()), bounds_(bounds), into_(into) {}

  /// Why the text is no object.
  std::optional<protocol_error> fault() {
    const auto* at = skip_space(begin_);
    const bool is_object = at != end_ && *at == '{';
    at = is_object ? fields(at + 1) : value(at);
    const bool is_whole = at != nullptr && skip_space(at) == end_;
    if (is_whole && is_object) return std::nullopt;
    if (!over_limit_.empty()) return protocol_error{error_code::limit, std::move(over_limit_)};
    return protocol_error{error_code::malformed, std::string(is_whole ? no_object : not_json)};
  }

 private:
  const char* skip_space(const char* at) const {
    while (at != end_ && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) ++at;
    return at;
  }

  bool is_at(const char* at, char wanted) const { return at != end_ && *at == wanted; }

  /// Of the object itself, from behind its opening brace.
  const char* fields(const char* at) {
    at = skip_space(at);
    if (is_at(at, '}')) return at + 1;
    for (;;) {
      auto& made = into_.fields_.emplace_back();
      at = key(at, made.key);
      if (at == nullptr) return nullptr;
      const char* begin = skip_space(at);
      if (begin == end_) return nullptr;
      made.value.first_member = static_cast<std::uint32_t>(into_.inner_.size());
      at = value(begin);
      if (at == nullptr) return nullptr;
      made.value.kind = kind_of(*begin);
      made.value.raw = between(begin, at);
      made.value.is_escaped = is_escaped_;
      made.value.member_count =
          static_cast<std::uint32_t>(into_.inner_.size()) - made.value.first_member;
      at = skip_space(at);
      if (is_at(at, '}')) return at + 1;
      if (!is_at(at, ',')) return nullptr;
      ++at;
    }
  }

  /// With the colon behind it.
  const char* key(const char* at, json_string& name) {
    if (is_over(++keys_, bounds_.json_keys)) {
      over_limit_ = "A message may have at most " + std::to_string(bounds_.json_keys) + " keys.";
      return nullptr;
    }
    const char* begin = skip_space(at);
    if (!is_at(begin, '"')) return nullptr;
    at = string(begin);
    if (at == nullptr) return nullptr;
    name = {between(begin + 1, at - 1), is_escaped_};
    at = skip_space(at);
    return is_at(at, ':') ? at + 1 : nullptr;
  }

  const char* value(const char* at) {
    if (at == end_) return nullptr;
    return is_bracket(*at) ? nested(at) : scalar(at);
  }

  const char* scalar(const char* at) {
    switch (*at) {
      case '"':
        return string(at);
      case 't':
        return word(at, "true");
      case 'f':
        return word(at, "false");
      case 'n':
        return word(at, "null");
      default:
        return number(at);
    }
  }

  /// An object or array with all that is in it.
  const char* nested(const char* at) {
    open_.clear();
    at = opened(at);
    bool is_fresh = true;  // behind an opening bracket, not behind a comma
    while (at != nullptr && !open_.empty()) {
      at = skip_space(at);
      if (at == end_) return nullptr;
      if (is_fresh && *at == closing(open_.back())) {
        open_.pop_back();
        at = behind_value(at + 1);
        is_fresh = false;
        continue;
      }
      at = open_.back() == '{' ? member(at) : at;
      if (at == nullptr) return nullptr;
      is_fresh = is_bracket(*at);
      if (is_fresh) {
        at = opened(at);
      } else {
        at = scalar(at);
        if (at != nullptr) at = behind_value(at);
      }
    }
    return at;
  }

  const char* opened(const char* at) {
    constexpr std::size_t top = 1;
    if (is_over(top + open_.size() + 1, bounds_.json_depth)) {
      over_limit_ =
          "A message may be nested at most " + std::to_string(bounds_.json_depth) + " levels deep.";
      return nullptr;
    }
    open_ += *at;
    return at + 1;
  }

  /// To where the member's value begins.
  const char* member(const char* at) {
    json_string name;
    at = key(at, name);
    if (at == nullptr) return nullptr;
    at = skip_space(at);
    if (at == end_) return nullptr;
    if (is_inner()) into_.inner_.push_back({name, {kind_of(*at), between(at, at)}});
    return at;
  }

  /// Inside an object that is a field's value.
  bool is_inner() const { return open_.size() == 1 && open_.front() == '{'; }

  /// Goes on to behind the next comma, or behind the last bracket.
  const char* behind_value(const char* at) {
    while (!open_.empty()) {
      if (is_inner()) {
        auto& ended = into_.inner_.back().value;
        ended.raw = between(ended.raw.data(), at);
        ended.is_escaped = is_escaped_;
      }
      at = skip_space(at);
      if (is_at(at, ',')) return at + 1;
      if (!is_at(at, closing(open_.back()))) return nullptr;
      open_.pop_back();
      ++at;
    }
    return at;
  }

  const char* string(const char* at) {
    is_escaped_ = false;
    for (++at;;) {
      at = skip_plain(at, end_);
      if (at == end_) return nullptr;
      if (*at == '"') return at + 1;
      if (*at == '\\') {
        const auto meant = read_escape(at + 1, end_);
        if (!meant) return nullptr;
        is_escaped_ = true;
        at = meant->end;
      } else if (*at == 0x7F) {
        ++at;
      } else {
        at = skip_character(at, end_);
        if (at == nullptr) return nullptr;
      }
    }
  }

  const char* word(const char* at, std::string_view wanted) const {
    return between(at, end_).starts_with(wanted) ? at + wanted.size() : nullptr;
  }

  const char* skip_digits(const char* at) const {
    while (at != end_ && is_digit(*at)) ++at;
    return at;
  }

  const char* number(const char* begin) const {
    number_parts parts;
    const char* at = is_at(begin, '-') ? begin + 1 : begin;
    const char* whole = at;
    at = skip_digits(at);
    parts.whole = between(whole, at);
    if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0')) {
      return nullptr;
    }
    if (is_at(at, '.')) {
      const char* fraction = at + 1;
      at = skip_digits(fraction);
      parts.fraction = between(fraction, at);
      if (parts.fraction.empty()) return nullptr;
    }
    const bool has_exponent = is_at(at, 'e') || is_at(at, 'E');
    if (has_exponent) at = exponent(at + 1, parts.exponent);
    if (at == nullptr) return nullptr;
    const bool is_safe = !has_exponent && parts.whole.size() <= safe_digits_max;
    return is_safe || is_in_range(between(begin, at), parts) ? at : nullptr;
  }

  /// One that is too long to matter becomes +-1e9.
  const char* exponent(const char* at, std::int64_t& found) const {
    const bool negative = is_at(at, '-');
    if (negative || is_at(at, '+')) ++at;
    const char* end = skip_digits(at);
    if (end == at) return nullptr;
    constexpr std::int64_t far = 1'000'000'000;
    const auto [_, error] = std::from_chars(at, end, found);
    if (error != std::errc() || found > far) found = far;
    if (negative) found = -found;
    return end;
  }

  /// Too close to 0 is in range: it is read as 0.
  static bool is_in_range(std::string_view text, const number_parts& parts) {
    double ignored = 0;
    const auto [_, error] = std::from_chars(text.data(), text.data() + text.size(), ignored);
    return error != std::errc::result_out_of_range || !is_too_large(parts);
  }

  const char* begin_;
  const char* end_;
  const limits& bounds_;
  json_object& into_;
  /// Of the string that was read last.
  bool is_escaped_ = false;
  std::size_t keys_ = 0;
  /// The brackets that are open inside the field under way.
  std::string open_;
  std::string over_limit_;
};

std::string json_string::text() const {
  return is_escaped ? decoded(raw) : std::string(raw);
}

std::variant<protocol_error, json_object> parse_object(std::string_view text,
                                                       const limits& bounds) {
  std::variant<protocol_error, json_object> read(std::in_place_type<json_object>);
  auto fault = json_reader(text, bounds, std::get<json_object>(read)).fault();
  if (fault) read = std::move(*fault);
  return read;
}

}  // namespace innkeeper::proto
