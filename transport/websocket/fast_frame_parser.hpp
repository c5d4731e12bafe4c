#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

/// Parses the frames that clients send nearly always: whole messages, and answers to pings. This
/// takes a fraction of the time of a WebSocket stream. Everything else is left to the stream. Pure
/// functions.
namespace innkeeper::transport {

enum class plain_kind { text, binary, pong };

struct plain_frame {
  plain_kind kind = plain_kind::text;
  std::string_view payload;
  /// With its header.
  std::size_t wire_bytes = 0;
};

/// The first frame of what a client has sent (RFC 6455 section 5.2), unmasked in place. Nothing if
/// it has not come whole, is neither a message in one frame nor a pong, has more than `payload_max`
/// bytes of payload, or breaks a rule: then `bytes` are as they were.
std::optional<plain_frame> take_plain_frame(std::span<char> bytes, std::size_t payload_max);

/// What a client's message of this size takes on the wire if it comes in one frame (RFC 6455
/// section 5.2). In several frames it takes more.
std::size_t frame_bytes(std::size_t payload_bytes);

}  // namespace innkeeper::transport
