#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

/// The frames that nearly all clients send nearly always: whole messages, and answers to pings.
/// They are read here for a fraction of what a WebSocket stream takes; whatever else comes is the
/// stream's. Pure functions.
namespace innkeeper::transport {

enum class plain_kind { text, binary, pong };

struct plain_frame {
  plain_kind kind = plain_kind::text;
  std::string_view payload;
  /// With its header.
  std::size_t wire_bytes = 0;
};

/// The frame at the beginning of what a client has sent (RFC 6455 section 5.2), unmasked in place.
/// Nothing if it has not come whole, is anything but a message in one frame or a pong, holds more
/// than `payload_max` bytes, or is wrong in any way: then `bytes` are as they were.
std::optional<plain_frame> take_plain_frame(std::span<char> bytes, std::size_t payload_max);

/// The least that a client's message of this size takes on the wire (RFC 6455 section 5.2); in
/// several frames it takes more.
std::size_t frame_bytes(std::size_t payload_bytes);

}  // namespace innkeeper::transport
