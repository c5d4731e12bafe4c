#include "proto/frame.hpp"

#include <cstdint>
#include <utility>

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

frame::frame(content made) : content_(std::make_shared<const content>(std::move(made))) {}

frame::frame(std::string_view payload, std::string state) {
  auto wire = header_for(payload.size());
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

frame frame::of_wire(std::string bytes) {
  return frame(content{std::move(bytes), 0, {}, false});
}

}  // namespace innkeeper::proto
