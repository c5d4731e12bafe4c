#pragma once

#include <string>
#include <string_view>

/// A client's mistake as a value: the content of an `error` frame. Never thrown; parsing and the
/// room's rules return it. Any thread.
namespace innkeeper::proto {

/// Each has a stable word, which clients may compare with `code`.
enum class error_code {
  malformed,
  binary,
  bad_data,
  forbidden,
  wrong_key,
  key_used,
  wrong_timestamp,
  admin_off,
  limit,
  rate_limited,
  storage_full,
};

struct protocol_error {
  error_code code = error_code::malformed;
  /// One sentence for a person: what was wrong and what is allowed.
  std::string sentence;
};

/// The stable word of a code.
std::string_view code_word(error_code code);

/// The text of an `error` frame, as JSON.
std::string encode_error(const protocol_error& error);

}  // namespace innkeeper::proto
