#include "proto/json_text.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "proto/plain_json.hpp"

namespace innkeeper::proto {
namespace {

using nlohmann::json;

/// Reads a text and keeps in `*seen` how far the lexer has come: nlohmann's SAX interface tells
/// what it found, not where.
class tracking_iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  tracking_iterator(const char* at, const char** seen) : at_(at), seen_(seen) {}

  reference operator*() const { return *at_; }
  tracking_iterator& operator++() {
    *seen_ = ++at_;
    return *this;
  }
  tracking_iterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const tracking_iterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** seen_;
};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_number_character(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// Collects the top-level fields. Positions: after a key the lexer stands behind its closing quote;
/// at a value's last event it stands behind the value, or one character further behind a number.
class field_collector final : public json::json_sax_t {
 public:
  field_collector(const char* end, const char** seen, const limits& bounds)
      : end_(end), seen_(seen), bounds_(bounds) {}

  bool null() override { return scalar(json_kind::null); }
  bool boolean(bool) override { return scalar(json_kind::boolean); }
  bool number_integer(number_integer_t) override { return scalar(json_kind::number); }
  bool number_unsigned(number_unsigned_t) override { return scalar(json_kind::number); }
  bool number_float(number_float_t, const string_t&) override { return scalar(json_kind::number); }
  bool binary(binary_t&) override { return false; }

  bool string(string_t& text) override {
    if (depth_ == 1) current_.value.text = std::move(text);
    return scalar(json_kind::string);
  }

  bool start_object(std::size_t) override { return open(json_kind::object); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(json_kind::array); }
  bool end_array() override { return close(); }

  bool key(string_t& key) override {
    if (is_over(++keys_, bounds_.json_keys)) {
      return refuse(error_code::limit,
                    "A message may have at most " + std::to_string(bounds_.json_keys) + " keys.");
    }
    if (depth_ == 1) {
      current_ = {std::move(key), {}};
      value_begin_ = skip_colon(*seen_);
    }
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return refuse(error_code::malformed, "The message is not valid JSON.");
  }

  protocol_error error() && { return std::move(error_); }
  std::vector<json_field> fields() && { return std::move(fields_); }

 private:
  bool refuse(error_code code, std::string sentence) {
    error_ = {code, std::move(sentence)};
    return false;
  }

  bool scalar(json_kind kind) {
    if (depth_ == 0) return not_an_object();
    if (depth_ == 1) finish(kind);
    return true;
  }

  bool open(json_kind kind) {
    if (depth_ == 0 && kind != json_kind::object) return not_an_object();
    if (depth_ == 1) nested_kind_ = kind;
    if (is_over(++depth_, bounds_.json_depth)) {
      return refuse(error_code::limit, "A message may be nested at most " +
                                           std::to_string(bounds_.json_depth) + " levels deep.");
    }
    return true;
  }

  bool close() {
    if (--depth_ == 1) finish(nested_kind_);
    return true;
  }

  bool not_an_object() {
    return refuse(error_code::malformed, "A message has to be a JSON object.");
  }

  void finish(json_kind kind) {
    const char* value_end = kind == json_kind::number
                                ? std::find_if_not(value_begin_, end_, is_number_character)
                                : *seen_;
    current_.value.kind = kind;
    current_.value.raw = {value_begin_, static_cast<std::size_t>(value_end - value_begin_)};
    fields_.push_back(std::move(current_));
  }

  const char* skip_colon(const char* at) const {
    at = std::find_if_not(at, end_, is_space);
    if (at != end_ && *at == ':') ++at;
    return std::find_if_not(at, end_, is_space);
  }

  const char* end_;
  const char** seen_;
  const limits& bounds_;
  const char* value_begin_ = nullptr;
  std::size_t depth_ = 0;
  std::size_t keys_ = 0;
  json_kind nested_kind_ = json_kind::null;
  json_field current_;
  std::vector<json_field> fields_;
  protocol_error error_{error_code::malformed, "The message is not valid JSON."};
};

/// Keeps the last of equal keys, at the place where it was written last.
void drop_repeated_keys(std::vector<json_field>& fields) {
  if (fields.size() < 2 || (fields.size() == 2 && fields[0].key != fields[1].key)) return;
  std::unordered_map<std::string_view, std::size_t> last;
  for (std::size_t i = 0; i < fields.size(); ++i) last[fields[i].key] = i;
  if (last.size() == fields.size()) return;
  std::vector<bool> keep(fields.size(), false);
  for (const auto& [key, index] : last) keep[index] = true;
  last.clear();
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
  if (auto fields = plain_fields(text, bounds)) return json_object(std::move(*fields));
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // nlohmann's lexer would skip it
  if (text.starts_with(byte_order_mark)) {
    return protocol_error{error_code::malformed, "A message may not begin with a byte order mark."};
  }
  if (text.find('\0') != std::string_view::npos) {  // the lexer would take it for the end
    return protocol_error{error_code::malformed, "The message is not valid JSON."};
  }
  const char* seen = text.data();
  const char* end = text.data() + text.size();
  field_collector collector(end, &seen, bounds);
  const bool valid = json::sax_parse(tracking_iterator(text.data(), &seen),
                                     tracking_iterator(end, &seen), &collector);
  if (!valid) return std::move(collector).error();
  return json_object(std::move(collector).fields());
}

std::string quote(std::string_view text) {
  if (!std::ranges::all_of(text, is_plain)) return json(text).dump();
  std::string quoted;
  quoted.reserve(text.size() + 2);
  return quoted.append(1, '"').append(text).append(1, '"');
}

bool is_utf8(std::string_view text) {
  unsigned int bits = 0;  // without a way out of the loop it takes many bytes at a time
  for (const char each : text) bits |= static_cast<unsigned char>(each);
  if (bits < 0x80U) return true;
  try {
    static_cast<void>(json(text).dump());
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

}  // namespace innkeeper::proto
