// What the fuzz targets share. A target checks what has to hold of whatever it is given, not only
// that nothing crashes: a broken property ends the process, and libFuzzer keeps the input.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace innkeeper::fuzz {

/// Stays on whatever the build; names the property in its place.
inline void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace innkeeper::fuzz
