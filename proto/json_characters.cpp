#include "proto/json_characters.hpp"

#include <cstddef>

namespace innkeeper::proto {

const char* skip_character(const char* at, const char* end) {
  const auto byte = [&](std::ptrdiff_t i) -> unsigned int {
    return end - at > i ? static_cast<unsigned char>(at[i]) : 0U;
  };
  const auto is_between = [&](std::ptrdiff_t i, unsigned int least, unsigned int most) {
    return byte(i) >= least && byte(i) <= most;
  };
  const auto follows = [&](std::ptrdiff_t i) { return is_between(i, 0x80, 0xBF); };
  const auto first = byte(0);
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? at + 2 : nullptr;
  if (first >= 0xE0 && first <= 0xEF) {  // not longer than needed, and no surrogate
    const bool second = is_between(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && follows(2) ? at + 3 : nullptr;
  }
  if (first >= 0xF0 && first <= 0xF4) {  // not longer than needed, at most U+10FFFF
    const bool second = is_between(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
    return second && follows(2) && follows(3) ? at + 4 : nullptr;
  }
  return nullptr;
}

}  // namespace innkeeper::proto
