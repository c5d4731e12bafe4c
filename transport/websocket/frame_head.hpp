#pragma once

#include <cstddef>
#include <cstdint>

/// The head of a WebSocket frame: RFC 6455 section 5.2. Any thread.
namespace innkeeper::transport::frame_head {

inline constexpr std::uint8_t fin = 0x80;
inline constexpr std::uint8_t rsv1 = 0x40;
inline constexpr std::uint8_t opcode_bits = 0x0F;
inline constexpr std::uint8_t text = 1;
inline constexpr std::uint8_t binary = 2;
inline constexpr std::uint8_t close = 8;
inline constexpr std::uint8_t pong = 10;

/// Bits of the second byte. The others are the length of the payload, or say where that is.
inline constexpr std::uint8_t mask_bit = 0x80;
inline constexpr std::uint8_t short_length_max = 125;
inline constexpr std::uint8_t two_bytes_follow = 126;
inline constexpr std::uint8_t eight_bytes_follow = 127;

inline constexpr std::size_t shortest = 2;
inline constexpr std::size_t mask_bytes = 4;

/// How many bytes of length follow the second byte.
constexpr std::size_t length_bytes(std::uint8_t second) {
  const auto length = second & ~mask_bit;
  return length == eight_bytes_follow ? 8 : length == two_bytes_follow ? 2 : 0;
}

/// The length of the whole head.
constexpr std::size_t bytes(std::uint8_t second) {
  return shortest + length_bytes(second) + ((second & mask_bit) != 0 ? mask_bytes : 0);
}

}  // namespace innkeeper::transport::frame_head
