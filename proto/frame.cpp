#include "proto/frame.hpp"

#include <cstdint>

namespace innkeeper::proto {
namespace {

constexpr char fin_and_text = static_cast<char>(0x81);

std::string header_for(std::size_t payload_size) {
  std::string header(1, fin_and_text);
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

frame::frame(std::string_view payload) {
  auto wire = header_for(payload.size());
  header_size_ = wire.size();
  wire.append(payload);
  wire_ = std::make_shared<const std::string>(std::move(wire));
}

}  // namespace innkeeper::proto
