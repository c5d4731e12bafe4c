#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// Corrects the close frames that pass between Beast's stream and the socket. Beast answers a
/// client's close frame whose reason is no UTF-8 with 1002, where RFC 6455 section 8.1 asks for
/// 1007. And the closes that Beast begins itself have no reason, so that the client does not learn
/// what was wrong. Plain data; on the loop's thread.
namespace innkeeper::transport {

class close_frames {
 public:
  /// What the client sends, in whatever pieces, before Beast reads it. A close frame with a bad
  /// reason that lies whole in `bytes` is made into one that Beast answers with 1007.
  void look_at(std::span<char> bytes);
  /// Beast has read the client's close frame, and answers it.
  void is_answered() { answered_ = true; }

  /// What to write in place of a frame that Beast is about to write.
  std::string with_reason(std::string by_beast) const;
  /// The code, if what with_reason() gave is a close frame that this server begins.
  std::optional<std::uint16_t> begins_close(const std::string& frame) const;

 private:
  void read_head_byte(std::uint8_t byte);
  /// `in_place`: the payload, if all of it has come in one piece.
  void end_of_close(std::span<char> in_place);
  bool is_echo() const { return answered_ && !replaced_; }

  static constexpr std::size_t control_payload_max = 125;

  std::array<std::uint8_t, 14> head_{};
  std::size_t head_read_ = 0;
  /// Bytes of the payload that are still to come.
  std::uint64_t payload_left_ = 0;
  bool in_payload_ = false;
  /// The payload of a close frame as far as it has come, unmasked.
  std::string payload_;
  /// The client's close frame was made into one with 1007.
  bool replaced_ = false;
  /// It could not be, since Beast has read a part of it already: Beast will answer it with 1002.
  bool bad_ = false;
  bool answered_ = false;
};

}  // namespace innkeeper::transport
