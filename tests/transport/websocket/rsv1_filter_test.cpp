#include "transport/websocket/rsv1_filter.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace innkeeper::transport {
namespace {

using mark = rsv1_filter::mark;

/// Masked with zeros, so that the payload is seen as it is.
std::string frame(unsigned first_byte, const std::string& payload) {
  std::string bytes(1, static_cast<char>(first_byte));
  const auto size = payload.size();
  if (size < 126) {
    bytes += static_cast<char>(0x80 | size);
  } else if (size <= 0xFFFF) {
    bytes += "\xFE";
    bytes += {static_cast<char>(size >> 8), static_cast<char>(size & 0xFF)};
  } else {
    bytes += std::string("\xFF\0\0\0\0\0", 6);
    bytes += {static_cast<char>(size >> 16), static_cast<char>((size >> 8) & 0xFF),
              static_cast<char>(size & 0xFF)};
  }
  return bytes + std::string(4, '\0') + payload;
}

std::string taken_off(rsv1_filter& marks, std::string bytes, std::size_t piece) {
  for (std::size_t i = 0; i < bytes.size(); i += piece) {
    marks.clear_marks(std::span(bytes).subspan(i, std::min(piece, bytes.size() - i)));
  }
  return bytes;
}

TEST_CASE(
    "marks are taken off packed messages in whatever pieces they come, and off nothing else") {
  const std::string payload(GENERATE(0U, 1U, 125U, 126U, 65'535U, 65'536U), '\xC1');
  const auto piece = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{1'000'000});
  const auto sent = frame(0xC1, payload) + frame(0x81, payload) + frame(0xC2, payload) +
                    frame(0x82, payload) + frame(0x41, payload) + frame(0xC9, "ping") +
                    frame(0x00, payload) + frame(0xC0, payload);
  const auto expected = frame(0x82, payload) + frame(0x81, payload) + frame(0x82, payload) +
                        frame(0x82, payload) + frame(0x02, payload) + frame(0xC9, "ping") +
                        frame(0x00, payload) + frame(0xC0, payload);
  rsv1_filter marks;
  CHECK((taken_off(marks, sent, piece) == expected));
  for (const auto each : {mark::text, mark::none, mark::binary, mark::none, mark::text}) {
    CHECK(marks.next() == each);
  }
  CHECK(marks.next() == mark::none);
}

TEST_CASE("other reserved bits stay where they are") {
  rsv1_filter marks;
  CHECK((taken_off(marks, frame(0xF1, "x"), 100) == frame(0xB2, "x")));
}

}  // namespace
}  // namespace innkeeper::transport
