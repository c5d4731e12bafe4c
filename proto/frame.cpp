#include "proto/frame.hpp"

#include <cstdint>
#include <utility>

namespace innkeeper::proto {
namespace {

constexpr unsigned fin = 0x80;
constexpr unsigned opcode_text = 1;
constexpr unsigned opcode_binary = 2;

std::string header_for(std::size_t payload_size, unsigned opcode) {
  std::string header(1, static_cast<char>(fin | opcode));
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

frame::frame(content made) : content_(std::make_shared<const content>(std::move(made))) {}

frame::frame(std::string_view payload, std::string state) {
  auto wire = header_for(payload.size(), opcode_text);
  const auto header_size = wire.size();
  wire.append(payload);
  content_ = std::make_shared<const content>(
      content{std::move(wire), header_size, std::move(state), false});
}

frame frame::first_value(std::string_view payload, std::string state) {
  auto made = *frame(payload, std::move(state)).content_;
  made.is_first_value = true;
  return frame(std::move(made));
}

frame frame::binary(std::string_view payload) {
  auto wire = header_for(payload.size(), opcode_binary);
  const auto header_size = wire.size();
  wire.append(payload);
  return frame(content{std::move(wire), header_size, {}, false});
}

frame frame::of_wire(std::string bytes) {
  return frame(content{std::move(bytes), 0, {}, false});
}

}  // namespace innkeeper::proto
