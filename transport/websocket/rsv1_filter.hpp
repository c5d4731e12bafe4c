#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>

/// Clears the mark of packed messages (RSV1, RFC 7692 section 6) in the bytes that a client sends,
/// before Beast reads them. To Beast a packed message is then a binary message, whose length,
/// fragments and faults it checks as always. The filter remembers which message was packed, and
/// whether it is text. It reads the heads of frames only. Plain data; on the loop's thread.
namespace innkeeper::transport {

class rsv1_filter {
 public:
  enum class mark : std::uint8_t { none, text, binary };

  /// The next bytes, in pieces of any size.
  void clear_marks(std::span<char> bytes);

  /// The mark of the oldest message that this has not given yet; `none` if it was not packed.
  mark next();

 private:
  void read_head_byte(char& byte);
  void begin_frame(char& first);
  void begin_length(std::uint8_t second);

  /// The marks of messages that have begun, in order. At most as many as fit into Beast's buffer.
  std::deque<mark> marks_;
  /// How much of the current head has been read, and how long it is.
  std::size_t head_read_ = 0;
  std::size_t head_bytes_ = 0;
  std::size_t length_bytes_ = 0;
  /// Bytes of the payload that are still to come.
  std::uint64_t payload_left_ = 0;
};

}  // namespace innkeeper::transport
