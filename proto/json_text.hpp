#pragma once

#include <boost/container/small_vector.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/limits.hpp"
#include "proto/protocol_error.hpp"

/// JSON as text. A message is validated once and cut into the raw texts of its fields, so that what
/// is only passed on (a chat's message, a session's properties) goes on exactly as it was written
/// and numbers never pass through a double. Pure functions: any thread.
namespace innkeeper::proto {

enum class json_kind { null, boolean, number, string, array, object };

/// What stands between the quotes of a valid string, as it was written. The quotes are there, in
/// front of it and behind it.
struct json_string {
  std::string_view raw;
  bool is_escaped = false;

  /// The characters that are meant.
  std::string text() const;
  bool empty() const { return raw.empty(); }

  friend bool operator==(const json_string& a, std::string_view text) {
    if (a.is_escaped) return a.text() == text;
    return a.raw.size() == text.size() &&
           std::char_traits<char>::compare(a.raw.data(), text.data(), text.size()) == 0;
  }
};

class json_object;

/// One value inside a validated text. Points into that text and lives as long as it does.
struct json_value {
  json_kind kind = json_kind::null;
  /// Of a string.
  bool is_escaped = false;
  std::string_view raw;

  /// What a string says; empty for all other kinds.
  json_string string() const;
  std::string text() const { return string().text(); }
  /// The fields of an object; none for all other kinds. They are cut when they are asked for.
  json_object members() const;
};

struct json_field {
  json_string key;
  json_value value;
};

/// The fields of one object. Of equal keys only the last counts, as for a JavaScript reader.
class json_object {
 public:
  /// Null if there is no such key. Inline, so that a literal key is compared as one word.
  const json_value* find(std::string_view key) const {
    for (auto i = written_.size(); i-- > 0;) {
      if (written_[i].key == key) return &written_[i].value;
    }
    return nullptr;
  }
  /// In the order written, without those that come again.
  std::vector<json_field> distinct() const;

 private:
  friend class json_cutter;

  /// Most messages have a type and data, and the data a few fields: those take no memory.
  boost::container::small_vector<json_field, 3> written_;
};

/// Validates all of `text` (RFC 8259; no byte order mark, no lone surrogate, no number outside a
/// double's range; within the bounds on depth and keys) and gives the fields of its top
/// level, which has to be an object. The fields point into `text`. A byte costs a few instructions
/// whatever it is, and nesting takes no stack: strangers choose the text.
std::variant<protocol_error, json_object> parse_object(std::string_view text, const limits& bounds);

/// The text as a JSON string, with quotes. `text` has to be UTF-8.
std::string quote(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace innkeeper::proto
