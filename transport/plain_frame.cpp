#include "transport/plain_frame.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "proto/json_text.hpp"

namespace innkeeper::transport {
namespace {

// RFC 6455 section 5.2
constexpr unsigned int whole_text = 0x81;
constexpr unsigned int whole_binary = 0x82;
constexpr unsigned int pong = 0x8A;
constexpr unsigned int masked = 0x80;
constexpr std::size_t short_length_max = 125;
constexpr std::size_t two_bytes_follow = 126;
constexpr std::size_t mask_bytes = 4;

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

/// Does and undoes it.
void mask(std::span<char> payload, const char* key) {
  std::array<char, 8> twice{};
  std::memcpy(twice.data(), key, mask_bytes);
  std::memcpy(twice.data() + mask_bytes, key, mask_bytes);
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
    payload[done] = static_cast<char>(payload[done] ^ twice.at(done % mask_bytes));
  }
}

}  // namespace

std::optional<plain_frame> take_plain_frame(std::span<char> bytes, std::size_t payload_max) {
  std::size_t header = 2;
  if (bytes.size() < header + mask_bytes) return std::nullopt;
  const auto kind = kind_of(byte_at(bytes, 0));
  if (!kind || byte_at(bytes, 1) < masked) return std::nullopt;
  auto length = byte_at(bytes, 1) - masked;
  if (length == two_bytes_follow && *kind != plain_kind::pong) {
    length = byte_at(bytes, 2) << 8U | byte_at(bytes, 3);
    header += 2;
    if (length <= short_length_max) return std::nullopt;
  }
  if (header == 2 && length > short_length_max) return std::nullopt;
  const auto begin = header + mask_bytes;
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
  constexpr std::size_t mask = 4;
  if (payload_bytes < 126) return 2 + mask + payload_bytes;
  return (payload_bytes <= 0xFFFF ? 4 : 10) + mask + payload_bytes;
}

}  // namespace innkeeper::transport
