#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "proto/frame.hpp"

// zlib's
struct z_stream_s;

/// permessage-deflate (RFC 7692), always without context takeover: each message is packed for
/// itself. So a frame is packed once for all its receivers, and a connection holds nothing between
/// two messages. docs/decisions/0011 says why Beast's own is not used.
namespace innkeeper::transport {

/// Packs and unpacks messages. Each loop has one, for its memory of 300 KiB. On the loop's thread.
class deflate_codec {
 public:
  /// Other messages are sent unpacked. Smaller ones gain nothing; longer ones would keep the loop
  /// from its other connections for too long. Nothing is refused at these, so they are no limits.
  static constexpr std::size_t payload_bytes_min = 64;
  static constexpr std::size_t payload_bytes_max = std::size_t{64} * 1024;

  enum class fault { none, too_long, broken };

  struct unpacked {
    fault what = fault::none;
    std::string message;
  };

  /// Made at a thread's first call, since most servers pack nothing.
  static deflate_codec& of_this_thread();

  deflate_codec();
  ~deflate_codec();
  deflate_codec(const deflate_codec&) = delete;
  deflate_codec& operator=(const deflate_codec&) = delete;

  /// The packed form of a message's frame, made once and kept with the frame. The frame itself if
  /// packing makes it no shorter.
  proto::frame packed(const proto::frame& plain);

  /// The message that a client has packed. Stops with `too_long` at the first byte over `bytes_max`
  /// (0: no bound).
  unpacked unpack(std::string_view packed, std::size_t bytes_max);

 private:
  proto::frame pack(const proto::frame& plain);

  std::unique_ptr<z_stream_s> out_;
  std::unique_ptr<z_stream_s> in_;
};

}  // namespace innkeeper::transport
