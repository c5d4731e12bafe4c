#include "transport/websocket/fast_frame_parser.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "proto/json_text.hpp"
#include "transport/websocket/frame_head.hpp"

namespace innkeeper::transport {
namespace {

constexpr unsigned whole_text = frame_head::fin | frame_head::text;
constexpr unsigned whole_binary = frame_head::fin | frame_head::binary;
constexpr unsigned pong = frame_head::fin | frame_head::pong;

std::size_t byte_at(std::span<const char> bytes, std::size_t place) {
  return static_cast<unsigned char>(bytes[place]);
}

std::optional<plain_kind> kind_of(std::size_t first_byte) {
  switch (first_byte) {
    case whole_text:
      return plain_kind::text;
    case whole_binary:
      return plain_kind::binary;
    case pong:
      return plain_kind::pong;
    default:
      return std::nullopt;
  }
}

/// Masks, or unmasks if it is masked already.
void mask(std::span<char> payload, const char* key) {
  std::array<char, 8> twice{};
  std::memcpy(twice.data(), key, frame_head::mask_bytes);
  std::memcpy(twice.data() + frame_head::mask_bytes, key, frame_head::mask_bytes);
  std::uint64_t wide_key = 0;
  std::memcpy(&wide_key, twice.data(), sizeof wide_key);
  std::size_t done = 0;
  for (; done + sizeof wide_key <= payload.size(); done += sizeof wide_key) {
    std::uint64_t word = 0;
    std::memcpy(&word, payload.data() + done, sizeof word);
    word ^= wide_key;
    std::memcpy(payload.data() + done, &word, sizeof word);
  }
  for (; done < payload.size(); ++done) {
    payload[done] = static_cast<char>(payload[done] ^ twice.at(done % frame_head::mask_bytes));
  }
}

}  // namespace

std::optional<plain_frame> take_plain_frame(std::span<char> bytes, std::size_t payload_max) {
  std::size_t header = 2;
  if (bytes.size() < header + frame_head::mask_bytes) return std::nullopt;
  const auto kind = kind_of(byte_at(bytes, 0));
  if (!kind || byte_at(bytes, 1) < frame_head::mask_bit) return std::nullopt;
  auto length = byte_at(bytes, 1) - frame_head::mask_bit;
  if (length == frame_head::two_bytes_follow && *kind != plain_kind::pong) {
    length = byte_at(bytes, 2) << 8U | byte_at(bytes, 3);
    header += 2;
    if (length <= frame_head::short_length_max) return std::nullopt;
  }
  if (header == 2 && length > frame_head::short_length_max) return std::nullopt;
  const auto begin = header + frame_head::mask_bytes;
  if (length > payload_max || bytes.size() < begin + length) return std::nullopt;
  const auto payload = bytes.subspan(begin, length);
  const auto* key = bytes.data() + header;
  mask(payload, key);
  const std::string_view text(payload.data(), payload.size());
  if (*kind == plain_kind::text && !proto::is_utf8(text)) {
    mask(payload, key);
    return std::nullopt;
  }
  return plain_frame{*kind, text, begin + length};
}

std::size_t frame_bytes(std::size_t payload_bytes) {
  const auto second = payload_bytes <= frame_head::short_length_max ? 0
                      : payload_bytes <= 0xFFFF                     ? frame_head::two_bytes_follow
                                                : frame_head::eight_bytes_follow;
  return frame_head::bytes(static_cast<std::uint8_t>(second | frame_head::mask_bit)) +
         payload_bytes;
}

}  // namespace innkeeper::transport
