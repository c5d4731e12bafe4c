#include "proto/frame.hpp"

#include <cstdint>
#include <utility>

namespace innkeeper::proto {
namespace {

constexpr unsigned fin = 0x80;
constexpr unsigned rsv1 = 0x40;
constexpr unsigned opcode_text = 1;
constexpr unsigned opcode_binary = 2;

std::string header_for(std::size_t payload_size, unsigned first_byte) {
  std::string header(1, static_cast<char>(first_byte));
  int length_bytes = 0;
  if (payload_size < 126) {
    header += static_cast<char>(payload_size);
  } else if (payload_size <= 0xFFFF) {
    header += static_cast<char>(126);
    length_bytes = 2;
  } else {
    header += static_cast<char>(127);
    length_bytes = 8;
  }
  for (int i = length_bytes - 1; i >= 0; --i) {
    header += static_cast<char>((static_cast<std::uint64_t>(payload_size) >> (8 * i)) & 0xFF);
  }
  return header;
}

}  // namespace

frame::frame(std::string_view payload, std::string state)
    : frame(of(payload, fin | opcode_text, std::move(state), false)) {}

frame frame::of(std::string_view payload, unsigned first_byte, std::string state,
                bool first_value) {
  auto wire = header_for(payload.size(), first_byte);
  const auto header_size = wire.size();
  wire.append(payload);
  return frame(
      std::make_shared<const content>(std::move(wire), header_size, std::move(state), first_value));
}

frame frame::first_value(std::string_view payload, std::string state) {
  return of(payload, fin | opcode_text, std::move(state), true);
}

frame frame::binary(std::string_view payload) {
  return of(payload, fin | opcode_binary, {}, false);
}

frame frame::deflated(const frame& plain, std::string_view packed_payload) {
  const auto first_byte = static_cast<unsigned char>(plain.wire().front());
  return of(packed_payload, first_byte | rsv1, std::string(plain.state()), plain.is_first_value());
}

frame frame::joined(std::vector<frame> parts) {
  std::size_t size = 0;
  for (const auto& part : parts) size += part.wire().size();
  std::string wire;
  wire.reserve(size);
  for (const auto& part : parts) wire += part.wire();
  auto made = std::make_shared<content>(std::move(wire), 0, std::string(), false);
  made->parts = std::move(parts);
  return frame(std::move(made));
}

frame frame::of_wire(std::string bytes) {
  return frame(std::make_shared<const content>(std::move(bytes), 0, std::string(), false));
}

}  // namespace innkeeper::proto
