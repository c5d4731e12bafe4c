#include "transport/websocket/rsv1_filter.hpp"

#include <algorithm>

#include "transport/websocket/frame_head.hpp"

namespace innkeeper::transport {
void rsv1_filter::clear_marks(std::span<char> bytes) {
  while (!bytes.empty()) {
    if (head_read_ == 0 && payload_left_ > 0) {
      const auto skipped = std::min<std::uint64_t>(payload_left_, bytes.size());
      payload_left_ -= skipped;
      bytes = bytes.subspan(static_cast<std::size_t>(skipped));
      continue;
    }
    read_head_byte(bytes.front());
    bytes = bytes.subspan(1);
  }
}

rsv1_filter::mark rsv1_filter::next() {
  if (marks_.empty()) return mark::none;
  const auto first = marks_.front();
  marks_.pop_front();
  return first;
}

void rsv1_filter::read_head_byte(char& byte) {
  const auto place = head_read_++;
  if (place == 0) return begin_frame(byte);
  if (place == 1) {
    begin_length(static_cast<std::uint8_t>(byte));
  } else if (place < frame_head::shortest + length_bytes_) {
    payload_left_ = payload_left_ << 8U | static_cast<std::uint8_t>(byte);
  }
  if (head_read_ == head_bytes_) head_read_ = 0;
}

void rsv1_filter::begin_frame(char& first) {
  const auto bits = static_cast<std::uint8_t>(first);
  const auto opcode = bits & frame_head::opcode_bits;
  if (opcode != frame_head::text && opcode != frame_head::binary) return;
  const bool packed = (bits & frame_head::rsv1) != 0;
  marks_.push_back(!packed ? mark::none : opcode == frame_head::text ? mark::text : mark::binary);
  if (!packed) return;
  constexpr unsigned changed = frame_head::rsv1 | frame_head::opcode_bits;
  first = static_cast<char>((bits & ~changed) | frame_head::binary);
}

void rsv1_filter::begin_length(std::uint8_t second) {
  length_bytes_ = frame_head::length_bytes(second);
  payload_left_ = length_bytes_ == 0 ? second & ~frame_head::mask_bit : 0;
  head_bytes_ = frame_head::bytes(second);
}

}  // namespace innkeeper::transport
