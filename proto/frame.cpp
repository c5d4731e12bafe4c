#include "proto/frame.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace innkeeper::proto {
namespace {

constexpr unsigned fin = 0x80;
constexpr unsigned rsv1 = 0x40;
constexpr unsigned opcode_text = 1;
constexpr unsigned opcode_binary = 2;

/// A frame's header.
class frame_header {
 public:
  frame_header(std::size_t payload_size, unsigned first_byte) {
    add(first_byte);
    if (payload_size < 126) {
      add(payload_size);
    } else if (payload_size <= 0xFFFF) {
      add(126);
      add_number(payload_size, 2);
    } else {
      add(127);
      add_number(payload_size, 8);
    }
  }

  std::string_view bytes() const { return {bytes_.data(), size_}; }

 private:
  void add(std::size_t byte) { bytes_.at(size_++) = static_cast<char>(byte & 0xFF); }
  void add_number(std::uint64_t number, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) add(number >> (8 * i));
  }

  std::array<char, 10> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace

frame::frame(std::string_view payload, std::string_view state)
    : frame(of(payload, fin | opcode_text, state, false)) {}

frame frame::of(std::string_view payload, unsigned first_byte, std::string_view state,
                bool first_value) {
  const frame_header header(payload.size(), first_byte);
  const auto head = header.bytes();
  const auto wire_size = head.size() + payload.size();
  auto* made = new (content::bytes_behind{wire_size + state.size()})
      content(head.size(), wire_size, state.size(), first_value);
  auto* at = std::ranges::copy(head, made->bytes()).out;
  at = std::ranges::copy(payload, at).out;
  std::ranges::copy(state, at);
  return frame(content_ptr(made));
}

frame frame::first_value(std::string_view payload, std::string_view state) {
  return of(payload, fin | opcode_text, state, true);
}

frame frame::binary(std::string_view payload) {
  return of(payload, fin | opcode_binary, {}, false);
}

frame frame::deflated(const frame& plain, std::string_view packed_payload) {
  const auto first_byte = static_cast<unsigned char>(plain.wire().front());
  return of(packed_payload, first_byte | rsv1, plain.state(), plain.is_first_value());
}

frame frame::joined(std::vector<frame> parts) {
  std::size_t size = 0;
  for (const auto& part : parts) size += part.wire().size();
  auto* made = new (content::bytes_behind{size}) content(0, size, 0, false);
  auto* at = made->bytes();
  for (const auto& part : parts) at = std::ranges::copy(part.wire(), at).out;
  made->parts = std::move(parts);
  return frame(content_ptr(made));
}

frame frame::of_wire(std::string_view bytes) {
  auto* made = new (content::bytes_behind{bytes.size()}) content(0, bytes.size(), 0, false);
  std::ranges::copy(bytes, made->bytes());
  return frame(content_ptr(made));
}

}  // namespace innkeeper::proto
