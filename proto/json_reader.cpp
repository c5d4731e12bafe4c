#include "proto/json_reader.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace innkeeper::proto {
namespace {

constexpr std::string_view not_json = "The message is not valid JSON.";
constexpr std::string_view no_object = "A message has to be a JSON object.";

/// Any number with so few digits before and behind the point is well within a double's range.
constexpr std::size_t safe_digits_max = 15;

/// One look instead of four comparisons.
constexpr auto plain_characters = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = is_plain(static_cast<char>(i));
  return table;
}();

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

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

class reader {
 public:
  reader(std::string_view text, const limits& bounds)
      : at_(text.data()), end_(at_ + text.size()), bounds_(bounds) {}

  std::variant<protocol_error, std::vector<json_field>> whole_object() {
    skip_space();
    if (at_ == end_ || *at_ != '{') return not_an_object();
    ++at_;
    fields_.reserve(2);  // a type and its data
    if (!members() || (skip_space(), at_ != end_)) return fault();
    return std::move(fields_);
  }

 private:
  /// A text of a string as it stands there, and whether anything in it is escaped.
  struct string_token {
    std::string_view raw;
    bool is_escaped = false;

    std::string text() const { return is_escaped ? decoded(raw) : std::string(raw); }
  };

  protocol_error not_an_object() {
    json_kind kind{};
    const bool valid = value(kind) && (skip_space(), at_ == end_);
    return valid ? protocol_error{error_code::malformed, std::string(no_object)} : fault();
  }

  /// What was wrong, once a step has answered false.
  protocol_error fault() {
    if (!over_limit_.empty()) return {error_code::limit, std::move(over_limit_)};
    return {error_code::malformed, std::string(not_json)};
  }

  bool take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }

  /// Of the object itself, behind its opening brace.
  bool members() {
    skip_space();
    if (take('}')) return true;
    do {
      string_token name;
      if (!key(name)) return false;
      skip_space();
      const char* begin = at_;
      json_kind kind{};
      string_token content;
      if (!value(kind, &content)) return false;
      auto& made = fields_.emplace_back();
      made.key = name.text();
      made.value.kind = kind;
      made.value.raw = {begin, static_cast<std::size_t>(at_ - begin)};
      if (kind == json_kind::string) made.value.text = content.text();
      skip_space();
    } while (take(','));
    return take('}');
  }

  bool key(string_token& name) {
    if (is_over(++keys_, bounds_.json_keys)) {
      over_limit_ = "A message may have at most " + std::to_string(bounds_.json_keys) + " keys.";
      return false;
    }
    skip_space();
    if (!string(name)) return false;
    skip_space();
    return take(':');
  }

  bool value(json_kind& kind, string_token* content = nullptr) {
    skip_space();
    if (at_ == end_) return false;
    if (*at_ != '{' && *at_ != '[') return scalar(kind, content);
    kind = *at_ == '{' ? json_kind::object : json_kind::array;
    return nested();
  }

  bool scalar(json_kind& kind, string_token* content) {
    switch (*at_) {
      case '"': {
        kind = json_kind::string;
        string_token ignored;
        return string(content == nullptr ? ignored : *content);
      }
      case 't':
        kind = json_kind::boolean;
        return word("true");
      case 'f':
        kind = json_kind::boolean;
        return word("false");
      case 'n':
        kind = json_kind::null;
        return word("null");
      default:
        kind = json_kind::number;
        return number();
    }
  }

  /// An object or array with all that is in it.
  bool nested() {
    open_.clear();
    do {
      skip_space();
      if (at_ == end_) return false;
      json_kind ignored{};
      if (*at_ != '{' && *at_ != '[') {
        if (!scalar(ignored, nullptr) || !behind_value()) return false;
      } else {
        if (!opens() || !behind_opening()) return false;
      }
    } while (!open_.empty());
    return true;
  }

  bool opens() {
    constexpr std::size_t top = 1;
    if (is_over(top + open_.size() + 1, bounds_.json_depth)) {
      over_limit_ =
          "A message may be nested at most " + std::to_string(bounds_.json_depth) + " levels deep.";
      return false;
    }
    open_ += *at_++;
    return true;
  }

  bool closes() { return take(open_.back() == '{' ? '}' : ']'); }

  /// Goes on to where the first value begins, or behind what is empty.
  bool behind_opening() {
    skip_space();
    if (closes()) {
      open_.pop_back();
      return behind_value();
    }
    string_token ignored;
    return open_.back() == '[' || key(ignored);
  }

  /// Goes on to where the next value begins, or behind the last bracket.
  bool behind_value() {
    while (!open_.empty()) {
      skip_space();
      if (take(',')) {
        string_token ignored;
        return open_.back() == '[' || key(ignored);
      }
      if (!closes()) return false;
      open_.pop_back();
    }
    return true;
  }

  bool string(string_token& found) {
    if (!take('"')) return false;
    const char* begin = at_;
    for (;;) {
      at_ = skip_plain(at_, end_);
      if (at_ == end_) return false;
      if (*at_ == '"') break;
      if (*at_ == '\\') {
        const auto meant = read_escape(at_ + 1, end_);
        if (!meant) return false;
        found.is_escaped = true;
        at_ = meant->end;
      } else if (*at_ == 0x7F) {
        ++at_;
      } else {
        at_ = skip_character(at_, end_);
        if (at_ == nullptr) return false;
      }
    }
    found.raw = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }

  bool word(std::string_view wanted) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(wanted)) {
      return false;
    }
    at_ += wanted.size();
    return true;
  }

  std::string_view digits() {
    const char* begin = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  bool number() {
    const char* begin = at_;
    number_parts parts;
    take('-');
    parts.whole = digits();
    if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0')) return false;
    if (take('.')) {
      parts.fraction = digits();
      if (parts.fraction.empty()) return false;
    }
    const bool has_exponent = at_ != end_ && (*at_ == 'e' || *at_ == 'E');
    if (has_exponent && !exponent(parts.exponent)) return false;
    const bool is_safe = !has_exponent && parts.whole.size() <= safe_digits_max;
    return is_safe || is_in_range(begin, parts);
  }

  /// One that is too long to matter becomes +-1e9.
  bool exponent(std::int64_t& found) {
    ++at_;
    const bool negative = take('-');
    if (!negative) take('+');
    const auto text = digits();
    if (text.empty()) return false;
    constexpr std::int64_t far = 1'000'000'000;
    const auto [_, error] = std::from_chars(text.data(), text.data() + text.size(), found);
    if (error != std::errc() || found > far) found = far;
    if (negative) found = -found;
    return true;
  }

  /// Too close to 0 is in range: it is read as 0.
  bool is_in_range(const char* begin, const number_parts& parts) const {
    double ignored = 0;
    const auto [_, error] = std::from_chars(begin, at_, ignored);
    return error != std::errc::result_out_of_range || !is_too_large(parts);
  }

  const char* at_;
  const char* end_;
  const limits& bounds_;
  std::size_t keys_ = 0;
  /// The brackets that are open inside the field under way.
  std::string open_;
  std::string over_limit_;
  std::vector<json_field> fields_;
};

}  // namespace

const char* skip_plain(const char* at, const char* end) {
  while (at != end && plain_characters[static_cast<unsigned char>(*at)]) ++at;
  return at;
}

const char* skip_character(const char* at, const char* end) {
  const auto byte = [&](std::ptrdiff_t i) -> unsigned int {
    return end - at > i ? static_cast<unsigned char>(at[i]) : 0U;
  };
  const auto is_between = [&](std::ptrdiff_t i, unsigned int least, unsigned int most) {
    return byte(i) >= least && byte(i) <= most;
  };
  const auto follows = [&](std::ptrdiff_t i) { return is_between(i, 0x80, 0xBF); };
  const auto first = byte(0);
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? at + 2 : nullptr;
  if (first >= 0xE0 && first <= 0xEF) {  // not longer than needed, and no surrogate
    const bool second = is_between(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && follows(2) ? at + 3 : nullptr;
  }
  if (first >= 0xF0 && first <= 0xF4) {  // not longer than needed, at most U+10FFFF
    const bool second = is_between(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
    return second && follows(2) && follows(3) ? at + 4 : nullptr;
  }
  return nullptr;
}

std::variant<protocol_error, std::vector<json_field>> read_fields(std::string_view text,
                                                                  const limits& bounds) {
  return reader(text, bounds).whole_object();
}

}  // namespace innkeeper::proto
