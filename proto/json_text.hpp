#pragma once

#include <optional>
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

/// One value inside a validated text. `raw` points into that text and lives as long as it does.
struct json_value {
  json_kind kind = json_kind::null;
  std::string_view raw;
  /// The decoded characters of a string; empty for all other kinds.
  std::string text;
};

struct json_field {
  std::string key;
  json_value value;
};

/// The fields of one object, in the order written; of two equal keys only the last is kept, as a
/// JavaScript reader does.
class json_object {
 public:
  explicit json_object(std::vector<json_field> fields);

  const std::vector<json_field>& fields() const { return fields_; }
  /// Null if there is no such key.
  const json_value* find(std::string_view key) const;

 private:
  std::vector<json_field> fields_;
};

/// Validates all of `text` (RFC 8259; no byte order mark, no lone surrogate, no number outside a
/// double's range; within the bounds on depth and keys) and gives the fields of its top
/// level, which has to be an object. The fields point into `text`.
std::variant<protocol_error, json_object> parse_object(std::string_view text,
                                                       const limits& bounds = {});

/// The text as a JSON string, with quotes. `text` has to be UTF-8.
std::string quote(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace innkeeper::proto
