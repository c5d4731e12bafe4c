#include "proto/names.hpp"

#include <algorithm>

#include "proto/json_text.hpp"
#include "proto/limits.hpp"

namespace innkeeper::proto {
namespace {

bool is_ascii_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// U+0080 to U+009F: in UTF-8 the byte C2 and one from 80 to 9F.
bool has_c1_control(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if (text[i] == '\xC2' && second >= 0x80 && second <= 0x9F) return true;
  }
  return false;
}

std::optional<std::string> fault(std::string_view name, std::string_view what,
                                 std::size_t bytes_max) {
  const auto sentence = [&](std::string_view rest) { return std::string(what).append(rest); };
  if (name.empty()) return sentence(" may not be empty.");
  if (name.size() > bytes_max) {
    return sentence(" may have at most " + std::to_string(bytes_max) + " bytes, this one has " +
                    std::to_string(name.size()) + ".");
  }
  if (!is_utf8(name)) return sentence(" has to be valid UTF-8.");
  if (std::ranges::any_of(name, is_ascii_control) || has_c1_control(name)) {
    return sentence(" may not contain control characters.");
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> room_name_fault(std::string_view name) {
  return fault(name, "A room's name", room_name_bytes_max);
}

std::optional<std::string> object_name_fault(std::string_view name) {
  return fault(name, "An object's name", room_name_bytes_max);
}

std::optional<std::string> session_id_fault(std::string_view id) {
  return fault(id, "A session id", session_id_bytes_max);
}

}  // namespace innkeeper::proto
