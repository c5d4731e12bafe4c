#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>

/// Takes the mark of packed messages (RSV1, RFC 7692 section 6) off the bytes that a client sends,
/// before Beast reads them: to Beast a packed message is a binary one like others, whose bounds,
/// fragments and faults it judges as ever. Remembers which message was packed, and as what. Knows
/// of frames only where they begin. Plain data; on the loop's thread.
namespace innkeeper::transport {

class rsv1_filter {
 public:
  enum class mark : std::uint8_t { none, text, binary };

  /// Bytes as they come, in whatever pieces.
  void take_off(std::span<char> bytes);

  /// Of the oldest message that has not been asked for; `none` if it was not packed.
  mark next();

 private:
  void read_head_byte(char& byte);
  void begin_frame(char& first);
  void begin_length(std::uint8_t second);

  /// Of messages that have begun, in order. As many as fit into what Beast holds unread.
  std::deque<mark> marks_;
  /// Of the head that is being read.
  std::size_t head_read_ = 0;
  std::size_t head_bytes_ = 0;
  std::size_t length_bytes_ = 0;
  /// Of the payload, still to come.
  std::uint64_t payload_left_ = 0;
};

}  // namespace innkeeper::transport
