// What a server's bytes on a WebSocket say, message by message.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace innkeeper::testing {

/// The payloads of whole, unmasked frames in a row (RFC 6455 section 5.2).
inline std::vector<std::string_view> payloads_of(std::string_view wire) {
  std::vector<std::string_view> all;
  while (!wire.empty()) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(wire.at(i)); };
    std::size_t header = 2;
    std::size_t size = byte(1);
    if (size >= 126) {
      const std::size_t length_bytes = size == 126 ? 2 : 8;
      size = 0;
      for (std::size_t i = 0; i < length_bytes; ++i) size = size << 8 | byte(header++);
    }
    all.push_back(wire.substr(header, size));
    wire.remove_prefix(header + size);
  }
  return all;
}

}  // namespace innkeeper::testing
