#include "proto/protocol_error.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace innkeeper::proto {

std::string_view code_word(error_code code) {
  switch (code) {
    case error_code::malformed:
      return "malformed";
    case error_code::binary:
      return "binary";
    case error_code::bad_data:
      return "bad_data";
    case error_code::forbidden:
      return "forbidden";
    case error_code::wrong_key:
      return "wrong_key";
    case error_code::key_used:
      return "key_used";
    case error_code::wrong_timestamp:
      return "wrong_timestamp";
    case error_code::admin_off:
      return "admin_off";
    case error_code::limit:
      return "limit";
    case error_code::rate_limited:
      return "rate_limited";
    case error_code::storage_full:
      return "storage_full";
  }
  std::abort();
}

std::string encode_error(const protocol_error& error) {
  using document = nlohmann::ordered_json;
  const document frame{
      {"type", "error"}, {"data", error.sentence}, {"code", code_word(error.code)}};
  // Replaces invalid UTF-8 by U+FFFD: an exception would end the server.
  return frame.dump(-1, ' ', false, document::error_handler_t::replace);
}

}  // namespace innkeeper::proto
