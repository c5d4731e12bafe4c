#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <span>
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

/// What stands between the quotes of a valid string, as it was written.
struct json_string {
  std::string_view raw;
  bool is_escaped = false;

  /// The characters that are meant.
  std::string text() const;
  bool empty() const { return raw.empty(); }

  friend bool operator==(const json_string& a, std::string_view text) {
    return a.is_escaped ? a.text() == text : a.raw == text;
  }
};

/// One value inside a validated text. Points into that text and lives as long as it does.
struct json_value {
  json_kind kind = json_kind::null;
  std::string_view raw;
  /// Of a string.
  bool is_escaped = false;
  /// Of an object that is a field of the object that was read: which of its inner fields are its
  /// own.
  std::uint32_t first_member = 0;
  std::uint32_t member_count = 0;

  /// What a string says; empty for all other kinds.
  json_string string() const;
  std::string text() const { return string().text(); }
};

struct json_field {
  json_string key;
  json_value value;
};

/// The fields of one object. Of equal keys only the last counts, as for a JavaScript reader. Lives
/// as long as what it was asked of.
class json_fields {
 public:
  explicit json_fields(std::span<const json_field> written) : written_(written) {}

  /// Null if there is no such key.
  const json_value* find(std::string_view key) const;
  /// In the order written, without those that come again.
  std::vector<json_field> distinct() const;

 private:
  std::span<const json_field> written_;
};

/// An object with its fields, and those of the objects that are their values.
class json_object {
 public:
  json_fields fields() const { return json_fields(fields_); }
  const json_value* find(std::string_view key) const { return fields().find(key); }
  /// `value` is one of the fields', and an object.
  json_fields members_of(const json_value& value) const;

 private:
  friend class json_reader;
  /// Most messages have a type and data, and the data a few fields: those take no memory.
  using list = boost::container::small_vector<json_field, 3>;

  list fields_;
  list inner_;
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
