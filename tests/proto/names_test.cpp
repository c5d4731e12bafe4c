#include "proto/names.hpp"

#include <catch2/catch.hpp>

#include "proto/limits.hpp"

namespace innkeeper::proto {
namespace {

using namespace std::string_literals;

/// Two-byte characters and, if the length is odd, one letter.
std::string accents(std::size_t bytes) {
  std::string text;
  while (text.size() + 2 <= bytes) text += "\xC3\xA9";
  if (text.size() < bytes) text += 'e';
  return text;
}

TEST_CASE("a room may be called anything that is text") {
  const std::string name = GENERATE(as<std::string>{}, "default", " ", "a b", "__proto__", "../..",
                                    "100%", "caf\xC3\xA9", "\xF0\x9F\x8F\xA8", "\xC2\xA0", "'\"\\");
  CHECK_FALSE(room_name_fault(name).has_value());
  CHECK_FALSE(session_id_fault(name).has_value());
}

TEST_CASE("a room's name has 1 to 255 bytes, not characters") {
  CHECK(room_name_fault("").has_value());
  CHECK_FALSE(room_name_fault("r").has_value());
  CHECK_FALSE(room_name_fault(std::string(room_name_bytes_max, 'r')).has_value());
  CHECK(room_name_fault(std::string(room_name_bytes_max + 1, 'r')).has_value());
  CHECK_FALSE(room_name_fault(accents(room_name_bytes_max)).has_value());
  CHECK(room_name_fault(accents(room_name_bytes_max + 1)).has_value());
}

TEST_CASE("a session id has 1 to 128 bytes") {
  CHECK(session_id_fault("").has_value());
  CHECK_FALSE(session_id_fault("s").has_value());
  CHECK_FALSE(session_id_fault(std::string(session_id_bytes_max, 's')).has_value());
  CHECK(session_id_fault(std::string(session_id_bytes_max + 1, 's')).has_value());
}

TEST_CASE("a name that is too long is told so, with both lengths") {
  CHECK(room_name_fault(std::string(300, 'r')) ==
        "A room's name may have at most 255 bytes, this one has 300.");
  CHECK(session_id_fault(std::string(129, 's')) ==
        "A session id may have at most 128 bytes, this one has 129.");
}

TEST_CASE("a name holds no control character, of ASCII or of Latin-1") {
  const std::string name =
      GENERATE("\0"s, "a\0b"s, "\t"s, "a\n"s, "\x1F"s, "\x7F"s, "a\xC2\x80"s, "\xC2\x9F z"s);
  CHECK(room_name_fault(name) == "A room's name may not contain control characters.");
  CHECK(session_id_fault(name) == "A session id may not contain control characters.");
}

TEST_CASE("a character next to the control characters is fine in a name") {
  const std::string name =
      GENERATE(as<std::string>{}, " ", "~", "\xC2\xA0", "\xC3\x80", "\xE0\xA2\x80");
  CHECK_FALSE(room_name_fault(name).has_value());
}

TEST_CASE("a name has to be valid UTF-8") {
  const std::string name = GENERATE(as<std::string>{}, "\xFF", "a\x80", "\xC3", "\xC0\xAF",
                                    "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xC3(");
  CHECK(room_name_fault(name) == "A room's name has to be valid UTF-8.");
  CHECK(session_id_fault(name) == "A session id has to be valid UTF-8.");
}

}  // namespace
}  // namespace innkeeper::proto
