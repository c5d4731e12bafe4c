#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "proto/frame.hpp"

// zlib's
struct z_stream_s;

/// permessage-deflate (RFC 7692), always without context takeover: each message is packed for
/// itself, so a frame is packed once for all who get it, and a connection holds nothing between two
/// messages. docs/decisions/0011 says why it is not Beast's.
namespace innkeeper::transport {

/// Packs and unpacks messages. Each loop has one, for its memory of 300 KiB. On the loop's thread.
class deflate_codec {
 public:
  /// Smaller messages are not worth the work, nor longer ones the time in which the loop does
  /// nothing else: they go as they are. Nothing is refused at these, so they are no limits.
  static constexpr std::size_t payload_bytes_min = 64;
  static constexpr std::size_t payload_bytes_max = std::size_t{64} * 1024;

  enum class fault { none, too_long, broken };

  struct unpacked {
    fault what = fault::none;
    std::string message;
  };

  /// Made when a thread first asks for it: most servers pack nothing.
  static deflate_codec& of_this_thread();

  deflate_codec();
  ~deflate_codec();
  deflate_codec(const deflate_codec&) = delete;
  deflate_codec& operator=(const deflate_codec&) = delete;

  /// The packed shape of a message's frame, made once for all who share the frame; the frame itself
  /// if that is no shorter.
  proto::frame packed(const proto::frame& plain);

  /// What a client has packed; `too_long` as soon as it turns out to have more than `bytes_max` (0:
  /// no bound), whatever it was going to be.
  unpacked unpack(std::string_view packed, std::size_t bytes_max);

 private:
  proto::frame pack(const proto::frame& plain);

  std::unique_ptr<z_stream_s> out_;
  std::unique_ptr<z_stream_s> in_;
};

}  // namespace innkeeper::transport
