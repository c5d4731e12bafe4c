// Frames as a client puts them on the wire, good or bad: RFC 6455 section 5.2, each bit as asked
// for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace innkeeper::testing {

enum class opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

struct raw_frame {
  opcode kind = opcode::text;
  std::string_view payload = {};
  bool last = true;
  std::uint8_t reserved_bits = 0;  // 4 is RSV1
};

/// Masked, its length in as few bytes as possible.
std::string bytes_of(const raw_frame& frame);

/// The head alone, with whatever length it claims.
std::string head_of(const raw_frame& frame, std::uint64_t claimed_length);

/// A message cut into frames of so many bytes of payload.
std::string fragmented(opcode kind, std::string_view message, std::size_t piece);

/// The payload of a close frame.
std::string close_payload(std::uint16_t code, std::string_view reason = "");

}  // namespace innkeeper::testing
