// Room names and session ids: accepted exactly if the rules say so, and whatever is accepted comes
// back unchanged by query and by cookie.
#include <optional>
#include <string>

#include "app/rooms/room_request.hpp"
#include "app/rooms/session_cookie.hpp"
#include "proto/digest.hpp"
#include "proto/limits.hpp"
#include "proto/names.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "transport/http/request_parts.hpp"

namespace innkeeper::fuzz {
namespace {

/// The code point at the front and its length (RFC 3629), as the rules are written and not as the
/// server reads them; nothing if there is none.
std::optional<std::pair<char32_t, std::size_t>> first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {{byte(0), 1}};
  const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC0 || byte(0) > 0xF7 || text.size() < length) return std::nullopt;
  char32_t code = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least[length] || surrogate || code > 0x10FFFF) return std::nullopt;
  return {{code, length}};
}

bool is_name(std::string_view text, std::size_t bytes_max) {
  if (text.empty() || text.size() > bytes_max) return false;
  while (!text.empty()) {
    const auto first = first_character(text);
    if (!first) return false;
    const bool control = first->first < 0x20 || (first->first >= 0x7F && first->first <= 0x9F);
    if (control) return false;
    text.remove_prefix(first->second);
  }
  return true;
}

std::string every_byte_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded.append({'%', digits[byte >> 4U], digits[byte & 15U]});
  }
  return encoded;
}

transport::http_request asking(const std::string& target) {
  transport::http_request request;
  request.target(target);
  return request;
}

void check(const std::string& name) {
  const bool is_room = is_name(name, proto::room_name_bytes_max);
  require(!proto::room_name_fault(name) == is_room, "a room's name is what the rules say");
  require(!proto::object_name_fault(name) == is_room, "an object's name is, too");
  const bool is_session = is_name(name, proto::session_id_bytes_max);
  require(!proto::session_id_fault(name) == is_session, "a session's id is what the rules say");
  const auto target = "/websocket?x=1&room=" + every_byte_encoded(name);
  const auto room = app::requested_room(target);
  if (is_room) require(std::get<std::string>(room) == name, "a room is found by query");
  const auto path = transport::path_of_object("/objects/kind/" + every_byte_encoded(name));
  require(path && path->name == name, "an object is found by path");
  if (!is_session) return;
  const auto object = proto::object_id("room");
  const auto by_query = asking("/websocket?session=" + every_byte_encoded(name));
  require(std::get<std::string>(app::named_session(by_query, object, true)) == name,
          "a session is found by query");
  auto by_cookie = asking("/websocket");
  const auto cookie = app::session_cookie(object, name);
  by_cookie.set(boost::beast::http::field::cookie, "a=b; " + cookie.substr(0, cookie.find(';')));
  require(std::get<std::string>(app::named_session(by_cookie, object, true)) == name,
          "a session is found by its cookie");
}

}  // namespace
}  // namespace innkeeper::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  innkeeper::fuzz::check(std::string(innkeeper::fuzz::as_text(data, size)));
  return 0;
}
