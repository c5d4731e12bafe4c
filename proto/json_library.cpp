#include "proto/json_library.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace innkeeper::proto {
namespace {

namespace json = boost::json;

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

/// The parser recurses for each level. It receives deeper texts in blocks of this many levels.
constexpr std::size_t block_levels = 512;

/// Below the threshold the parser's value proves that the number is finite. Above it does not,
/// because the parser rounds more than once, and it has no value for 0e400.
bool is_finite(double value, std::string_view written) {
  constexpr double surely_finite = 1e308;
  if (std::abs(value) < surely_finite) return true;
  const auto [_, error] = std::from_chars(written.data(), written.data() + written.size(), value);
  return error != std::errc::result_out_of_range;
}

/// The handler's results.
struct reading {
  std::size_t keys_left = unlimited;
  const char* last_key = nullptr;
};

/// A parser handler that counts keys and stores nothing.
class counting_handler {
 public:
  static constexpr std::size_t max_array_size = unlimited;
  static constexpr std::size_t max_object_size = unlimited;
  static constexpr std::size_t max_string_size = unlimited;
  static constexpr std::size_t max_key_size = unlimited;

  explicit counting_handler(const reading& before) : read_(before) {}
  const reading& read() const { return read_; }

  /// The parser passes a key of the text itself, or a copy if it has escapes.
  bool on_key(json::string_view key, std::size_t, json::error_code& error) {
    if (read_.keys_left == 0) return refuse(json::error::object_too_large, error);
    --read_.keys_left;
    if (depth_ == 1) read_.last_key = key.data();
    return true;
  }
  bool on_double(double value, json::string_view written, json::error_code& error) {
    if (is_finite(value, {written.data(), written.size()})) return true;
    return refuse(json::error::not_number, error);
  }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) { return ++depth_ != 0; }
  bool on_array_end(std::size_t, json::error_code&) { return depth_-- != 0; }
  bool on_object_begin(json::error_code&) { return ++depth_ != 0; }
  bool on_object_end(std::size_t, json::error_code&) { return depth_-- != 0; }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  static bool refuse(json::error why, json::error_code& error) {
    error = why;
    return false;
  }

  reading read_;
  std::size_t depth_ = 0;
};

/// The parser's error for the whole text; no error if it accepts it.
json::error_code parser_error(std::string_view text, std::size_t levels, reading& read) {
  json::parse_options options;
  options.max_depth = levels;
  json::basic_parser<counting_handler> parser(options, read);
  json::error_code error;
  const auto size = parser.write_some(false, text.data(), text.size(), error);
  read = parser.handler().read();
  if (!error && size != text.size()) error = json::error::extra_data;
  return error;
}

json_fault fault_of(const json::error_code& error) {
  if (!error) return json_fault::none;
  if (error == json::error::too_deep) return json_fault::too_deep;
  return error == json::error::object_too_large ? json_fault::too_many_keys : json_fault::not_json;
}

/// Copies a valid text that the parser refuses: it splits deep levels into blocks, and shortens
/// long exponents.
class block_reader {
 public:
  block_reader(std::string_view text, std::size_t levels, std::size_t keys)
      : text_(text), levels_(levels) {
    read_.keys_left = keys;
  }

  json_fault fault() {
    while (at_ != text_.size() && fault_ == json_fault::none) step(text_[at_]);
    if (fault_ != json_fault::none) return fault_;
    return open_.size() == 1 ? fault_of_block() : json_fault::not_json;
  }

 private:
  void step(char next) {
    switch (next) {
      case '"':
        return copy(string_end() - at_);
      case '{':
      case '[':
        return begin_level();
      case '}':
      case ']':
        return end_level();
      case 'e':
      case 'E':
        return copy_exponent();
      default:
        return copy(1);
    }
  }

  void copy(std::size_t count) {
    open_.back().append(text_, at_, count);
    at_ += count;
  }

  std::size_t string_end() const {
    auto end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    return std::min(end + 1, text_.size());
  }

  /// The outer block contains each block as one value.
  void begin_level() {
    if (++depth_ > levels_) fault_ = json_fault::too_deep;
    if (depth_ > 1 && depth_ % block_levels == 1) {
      open_.back() += "null";
      open_.emplace_back();
    }
    copy(1);
  }

  void end_level() {
    if (depth_ == 0) {
      fault_ = json_fault::not_json;
      return;
    }
    copy(1);
    if (depth_ > 1 && depth_ % block_levels == 1) {
      fault_ = fault_of_block();
      open_.pop_back();
    }
    --depth_;
  }

  /// The parser counts exponents in 32 bits. One of more than nine digits is equivalent to this
  /// one.
  void copy_exponent() {
    constexpr std::string_view far = "999999999";
    copy(1);
    if (at_ != text_.size() && (text_[at_] == '-' || text_[at_] == '+')) copy(1);
    const auto end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
    const auto first = std::min(text_.find_first_not_of('0', at_), end);
    if (end - first <= far.size()) return copy(end - at_);
    open_.back() += far;
    at_ = end;
  }

  json_fault fault_of_block() { return fault_of(parser_error(open_.back(), block_levels, read_)); }

  std::string_view text_;
  std::size_t levels_;
  reading read_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  /// The open blocks, the innermost last.
  std::vector<std::string> open_{1};
  json_fault fault_ = json_fault::none;
};

constexpr std::size_t bound_of(std::size_t limit) {
  return limit == 0 ? unlimited : limit;
}

}  // namespace

json_check check_json(std::string_view text, const limits& bounds) {
  const auto levels = bound_of(bounds.json_depth);
  const auto keys = bound_of(bounds.json_keys);
  reading read{keys};
  const auto error = parser_error(text, std::min(levels, block_levels), read);
  if (!error) return {json_fault::none, read.last_key};
  const bool may_be_valid = error == json::error::exponent_overflow ||
                            (error == json::error::too_deep && levels > block_levels);
  return {may_be_valid ? block_reader(text, levels, keys).fault() : fault_of(error)};
}

protocol_error error_of(json_fault fault, const limits& bounds) {
  switch (fault) {
    case json_fault::too_many_keys:
      return {error_code::limit,
              "A message may have at most " + std::to_string(bounds.json_keys) + " keys."};
    case json_fault::too_deep:
      return {error_code::limit, "A message may be nested at most " +
                                     std::to_string(bounds.json_depth) + " levels deep."};
    default:
      return {error_code::malformed, "The message is not valid JSON."};
  }
}

std::string decode_json_string(std::string_view quoted) {
  const auto value = json::parse(json::string_view(quoted.data(), quoted.size()));
  return {value.get_string().data(), value.get_string().size()};
}

}  // namespace innkeeper::proto
