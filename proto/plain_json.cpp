#include "proto/plain_json.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace innkeeper::proto {
namespace {

/// Far below the protocol's own bound, and little enough for recursion.
constexpr std::size_t plain_depth_max = 16;
/// Any number with so few digits before and behind the point is well within a double's range.
constexpr std::size_t plain_digits_max = 15;

/// Walks over one text. Every step answers whether what it saw was plain.
class walker {
 public:
  walker(std::string_view text, const limits& bounds)
      : at_(text.data()),
        end_(at_ + text.size()),
        depth_max_(is_over(plain_depth_max, bounds.json_depth) ? bounds.json_depth
                                                               : plain_depth_max),
        keys_max_(bounds.json_keys) {}

  bool whole_object(std::vector<json_field>& fields) {
    skip_space();
    if (!take('{')) return false;
    return members(1, &fields) && (skip_space(), at_ == end_);
  }

 private:
  bool take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }

  /// Behind the opening brace; `fields` is only wanted at the top level.
  bool members(std::size_t depth, std::vector<json_field>* fields) {
    if (depth > depth_max_) return false;
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      std::string_view key;
      if (is_over(++keys_, keys_max_) || !string(key)) return false;
      skip_space();
      if (!take(':')) return false;
      if (fields == nullptr ? !value(depth) : !field(key, *fields)) return false;
      skip_space();
    } while (take(','));
    return take('}');
  }

  bool field(std::string_view key, std::vector<json_field>& fields) {
    skip_space();
    const char* begin = at_;
    json_value found;
    if (!value(1, &found.kind)) return false;
    found.raw = {begin, static_cast<std::size_t>(at_ - begin)};
    if (found.kind == json_kind::string) found.text = found.raw.substr(1, found.raw.size() - 2);
    fields.push_back({std::string(key), std::move(found)});
    return true;
  }

  bool value(std::size_t depth, json_kind* kind = nullptr) {
    skip_space();
    if (at_ == end_) return false;
    json_kind ignored = json_kind::null;
    auto& found = kind == nullptr ? ignored : *kind;
    switch (*at_) {
      case '"': {
        found = json_kind::string;
        std::string_view text;
        return string(text);
      }
      case '{':
        found = json_kind::object;
        ++at_;
        return members(depth + 1, nullptr);
      case '[':
        found = json_kind::array;
        ++at_;
        return elements(depth + 1);
      case 't':
        found = json_kind::boolean;
        return word("true");
      case 'f':
        found = json_kind::boolean;
        return word("false");
      case 'n':
        found = json_kind::null;
        return word("null");
      default:
        found = json_kind::number;
        return number();
    }
  }

  bool elements(std::size_t depth) {
    if (depth > depth_max_) return false;
    skip_space();
    if (take(']')) return true;
    do {
      if (!value(depth)) return false;
      skip_space();
    } while (take(','));
    return take(']');
  }

  bool string(std::string_view& text) {
    if (!take('"')) return false;
    const char* begin = at_;
    at_ = std::find_if_not(at_, end_, is_plain);
    text = {begin, static_cast<std::size_t>(at_ - begin)};
    return take('"');
  }

  bool word(std::string_view wanted) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(wanted)) {
      return false;
    }
    at_ += wanted.size();
    return true;
  }

  std::size_t digits() {
    const char* begin = at_;
    at_ = std::find_if_not(at_, end_, [](char c) { return c >= '0' && c <= '9'; });
    return static_cast<std::size_t>(at_ - begin);
  }

  /// A letter that follows (an exponent, say) is no comma and no bracket: the caller stumbles.
  bool number() {
    take('-');
    const bool zero = at_ != end_ && *at_ == '0';
    const auto before = digits();
    if (before == 0 || before > plain_digits_max || (zero && before > 1)) return false;
    if (!take('.')) return true;
    const auto behind = digits();
    return behind > 0 && behind <= plain_digits_max;
  }

  const char* at_;
  const char* end_;
  std::size_t depth_max_;
  std::size_t keys_max_;
  std::size_t keys_ = 0;
};

}  // namespace

std::optional<std::vector<json_field>> plain_fields(std::string_view text, const limits& bounds) {
  std::vector<json_field> fields;
  fields.reserve(2);  // a type and its data
  if (!walker(text, bounds).whole_object(fields)) return std::nullopt;
  return fields;
}

}  // namespace innkeeper::proto
