#pragma once

#include <boost/container/small_vector.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/limits.hpp"
#include "proto/protocol_error.hpp"

/// JSON as text. A message is validated once and cut into the raw texts of its fields. So forwarded
/// parts (a chat's message, a session's properties) stay exactly as written, and numbers never
/// become doubles. Pure functions: any thread.
namespace innkeeper::proto {

enum class json_kind { null, boolean, number, string, array, object };

/// The text between the quotes of a valid string, as written. The quotes are in memory directly
/// before and after it.
struct json_string {
  std::string_view raw;
  bool is_escaped = false;

  /// The decoded characters.
  std::string text() const;
  bool empty() const { return raw.empty(); }

  friend bool operator==(const json_string& a, std::string_view text) {
    if (a.is_escaped) return a.text() == text;
    return a.raw.size() == text.size() &&
           std::char_traits<char>::compare(a.raw.data(), text.data(), text.size()) == 0;
  }
};

class json_object;

/// One value in a validated text. Points into that text, which has to outlive it.
struct json_value {
  json_kind kind = json_kind::null;
  /// For a string: whether it has escapes.
  bool is_escaped = false;
  std::string_view raw;

  /// A string's content; empty for other kinds.
  json_string string() const;
  std::string text() const { return string().text(); }
  /// An object's fields, cut on each call; none for other kinds.
  json_object members() const;
};

struct json_field {
  json_string key;
  json_value value;
};

/// The fields of one object. Of equal keys only the last counts, as in JavaScript.
class json_object {
 public:
  /// Null if there is no such key. Inline, so that a literal key is compared as one word.
  const json_value* find(std::string_view key) const {
    for (auto i = written_.size(); i-- > 0;) {
      if (written_[i].key == key) return &written_[i].value;
    }
    return nullptr;
  }
  /// In the order written, without duplicate keys.
  std::vector<json_field> distinct() const;

 private:
  friend class json_cutter;

  /// Most messages and their data have few fields: those need no allocation.
  boost::container::small_vector<json_field, 3> written_;
};

/// Validates all of `text` and returns the fields of its top level, which must be an object. The
/// rules are RFC 8259 and the bounds on depth and keys. A byte order mark, a lone surrogate and a
/// number outside a double's range are errors. The fields point into `text`. Each byte costs a few
/// instructions, and nesting uses a bounded stack: clients choose the text.
std::variant<protocol_error, json_object> parse_object(std::string_view text, const limits& bounds);

/// The text as a JSON string, with quotes. `text` has to be UTF-8.
std::string quote(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace innkeeper::proto
