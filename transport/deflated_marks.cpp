#include "transport/deflated_marks.hpp"

#include <algorithm>

namespace innkeeper::transport {
namespace {

// RFC 6455 section 5.2
constexpr unsigned rsv1 = 0x40;
constexpr unsigned opcode_bits = 0x0F;
constexpr unsigned opcode_text = 1;
constexpr unsigned opcode_binary = 2;
constexpr unsigned mask_bit = 0x80;
constexpr std::size_t mask_bytes = 4;
constexpr std::size_t shortest_head = 2;

}  // namespace

void deflated_marks::take_off(std::span<char> bytes) {
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

deflated_marks::mark deflated_marks::next() {
  if (marks_.empty()) return mark::none;
  const auto first = marks_.front();
  marks_.pop_front();
  return first;
}

void deflated_marks::read_head_byte(char& byte) {
  const auto place = head_read_++;
  if (place == 0) return begin_frame(byte);
  if (place == 1) {
    begin_length(static_cast<std::uint8_t>(byte));
  } else if (place < shortest_head + length_bytes_) {
    payload_left_ = payload_left_ << 8U | static_cast<std::uint8_t>(byte);
  }
  if (head_read_ == head_bytes_) head_read_ = 0;
}

void deflated_marks::begin_frame(char& first) {
  const auto bits = static_cast<std::uint8_t>(first);
  const auto opcode = bits & opcode_bits;
  if (opcode != opcode_text && opcode != opcode_binary) return;
  const bool packed = (bits & rsv1) != 0;
  marks_.push_back(!packed ? mark::none : opcode == opcode_text ? mark::text : mark::binary);
  if (packed) first = static_cast<char>((bits & ~(rsv1 | opcode_bits)) | opcode_binary);
}

void deflated_marks::begin_length(std::uint8_t second) {
  const auto length = second & ~mask_bit;
  length_bytes_ = length == 127 ? 8 : length == 126 ? 2 : 0;
  payload_left_ = length_bytes_ == 0 ? length : 0;
  head_bytes_ = shortest_head + length_bytes_ + ((second & mask_bit) != 0 ? mask_bytes : 0);
}

}  // namespace innkeeper::transport
