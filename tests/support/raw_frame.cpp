#include "tests/support/raw_frame.hpp"

#include <algorithm>
#include <array>

namespace innkeeper::testing {
namespace {

constexpr std::array<unsigned char, 4> mask = {0x37, 0xFA, 0x21, 0x3D};

std::string head(const raw_frame& frame, std::uint64_t length) {
  std::string bytes;
  const unsigned fin = frame.last ? 0x80U : 0U;
  bytes += static_cast<char>(fin | frame.reserved_bits * 16U | static_cast<unsigned>(frame.kind));
  constexpr unsigned masked = 0x80;
  int length_bytes = 0;
  if (length < 126) {
    bytes += static_cast<char>(masked | static_cast<unsigned>(length));
  } else {
    length_bytes = length <= 0xFFFF ? 2 : 8;
    bytes += static_cast<char>(masked | (length_bytes == 2 ? 126U : 127U));
  }
  for (int i = length_bytes - 1; i >= 0; --i) {
    bytes += static_cast<char>((length >> (8 * i)) & 0xFFU);
  }
  for (const auto byte : mask) bytes += static_cast<char>(byte);
  return bytes;
}

}  // namespace

std::string head_of(const raw_frame& frame, std::uint64_t claimed_length) {
  return head(frame, claimed_length);
}

std::string bytes_of(const raw_frame& frame) {
  std::string bytes = head(frame, frame.payload.size());
  bytes.reserve(bytes.size() + frame.payload.size());
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    bytes += static_cast<char>(static_cast<unsigned char>(frame.payload[i]) ^ mask[i % 4]);
  }
  return bytes;
}

std::string fragmented(opcode kind, std::string_view message, std::size_t piece) {
  std::string bytes;
  for (bool first = true; first || !message.empty(); first = false) {
    const auto part = message.substr(0, piece);
    message.remove_prefix(part.size());
    bytes += bytes_of({first ? kind : opcode::continuation, part, message.empty(), 0});
  }
  return bytes;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  return payload.append(reason);
}

}  // namespace innkeeper::testing
