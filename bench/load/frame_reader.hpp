#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Finds the frames in what a server sends, without copying or looking at more than their headers:
/// what the client spends per frame is time that it takes from the measurement. RFC 6455 section
/// 5.2, unmasked. One connection's state; one thread.
namespace innkeeper::bench {

enum class opcode : std::uint8_t { continuation, text, binary, close = 8, ping = 9, pong = 10 };

struct received_frame {
  opcode kind = opcode::text;
  std::uint64_t size = 0;
  /// The payload's beginning: at least `peeked_bytes` or all of it, at most what has arrived.
  std::string_view beginning;
};

/// Enough to tell the types of the rooms protocol apart: {"type":"chat
constexpr std::size_t peeked_bytes = 16;

class frame_reader {
 public:
  /// Calls on_frame(received_frame) for each frame that begins in `bytes`.
  template <class OnFrame>
  void read(std::string_view bytes, OnFrame&& on_frame) {
    if (rest_.empty()) return walk(bytes, on_frame);
    auto joined = std::exchange(rest_, {});
    joined.append(bytes);
    walk(joined, on_frame);
  }

 private:
  struct header {
    std::size_t header_size;
    std::uint64_t payload_size;
  };

  /// Nothing if more bytes are needed.
  static std::optional<header> parse(std::string_view bytes);

  template <class OnFrame>
  void walk(std::string_view bytes, OnFrame& on_frame) {
    while (!bytes.empty()) {
      if (skip_ > 0) {
        skip(bytes, skip_);
        continue;
      }
      const auto found = parse(bytes);
      if (!found || bytes.size() - found->header_size <
                        std::min<std::uint64_t>(found->payload_size, peeked_bytes)) {
        rest_ = bytes;
        return;
      }
      const auto kind = static_cast<opcode>(static_cast<unsigned char>(bytes[0]) & 0x0F);
      on_frame(received_frame{kind, found->payload_size,
                              bytes.substr(found->header_size, found->payload_size)});
      skip(bytes, found->header_size + found->payload_size);
    }
  }

  void skip(std::string_view& bytes, std::uint64_t count) {
    const auto here = std::min<std::uint64_t>(bytes.size(), count);
    bytes.remove_prefix(here);
    skip_ = count - here;
  }

  /// Bytes of a payload that are still to come.
  std::uint64_t skip_ = 0;
  /// The beginning of a frame that is too short yet to be understood.
  std::string rest_;
};

inline std::optional<frame_reader::header> frame_reader::parse(std::string_view bytes) {
  constexpr std::size_t short_header = 2;
  constexpr std::size_t short_size_max = 125;
  constexpr std::size_t two_bytes_follow = 126;
  if (bytes.size() < short_header) return std::nullopt;
  const std::size_t told = static_cast<unsigned char>(bytes[1]) & 0x7FU;
  if (told <= short_size_max) return header{short_header, told};
  const std::size_t width = told == two_bytes_follow ? 2 : 8;
  if (bytes.size() < short_header + width) return std::nullopt;
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < width; ++i) {
    size = size << 8U | static_cast<unsigned char>(bytes[short_header + i]);
  }
  return header{short_header + width, size};
}

}  // namespace innkeeper::bench
