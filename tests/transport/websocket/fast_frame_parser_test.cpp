#include "transport/websocket/fast_frame_parser.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using namespace std::string_literals;
using innkeeper::transport::plain_kind;
using innkeeper::transport::take_plain_frame;

namespace {

constexpr std::size_t payload_max = 70'000;
const std::string key = "\x11\x82\xf3\x04";

std::string masked(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] ^ key[i % 4]);
  return text;
}

/// A client's frame (RFC 6455 section 5.2) with the shortest form of its length.
std::string frame(char first_byte, const std::string& payload) {
  std::string wire(1, first_byte);
  const auto size = payload.size();
  if (size < 126) {
    wire += static_cast<char>(0x80U | size);
  } else {
    wire += '\xFE';
    wire += static_cast<char>(size >> 8U);
    wire += static_cast<char>(size & 0xFFU);
  }
  return wire + key + masked(payload);
}

/// Nothing is to have changed what is not taken.
bool is_left_alone(const std::string& wire, std::size_t max = payload_max) {
  auto bytes = wire;
  return !take_plain_frame(bytes, max) && bytes == wire;
}

}  // namespace

TEST_CASE("whole messages and pongs are taken, whatever their length") {
  const std::size_t size = GENERATE(0, 1, 7, 8, 9, 125, 126, 127, 255, 256, 65'535);
  const std::string payload(size, 'a');
  auto text = frame('\x81', payload) + "rest";
  const auto taken = take_plain_frame(text, payload_max);
  REQUIRE(taken.has_value());
  CHECK(taken->kind == plain_kind::text);
  CHECK(taken->payload == payload);
  CHECK(text.substr(taken->wire_bytes) == "rest");
}

TEST_CASE("each kind of plain frame is told from the others") {
  auto binary = frame('\x82', "\xff\xfe");
  CHECK(take_plain_frame(binary, payload_max)->kind == plain_kind::binary);
  auto pong = frame('\x8A', "p");
  CHECK(take_plain_frame(pong, payload_max)->kind == plain_kind::pong);
  auto text = frame('\x81', "gr\xc3\xbc\xc3\x9f dich \xf0\x9f\x98\x80");
  CHECK(take_plain_frame(text, payload_max)->payload == "gr\xc3\xbc\xc3\x9f dich \xf0\x9f\x98\x80");
}

TEST_CASE("a frame that has not come whole is left alone") {
  const std::size_t size = GENERATE(0, 5, 125, 126, 300);
  const auto whole = frame('\x81', std::string(size, 'a'));
  for (std::size_t came = 0; came < whole.size(); ++came) {
    CHECK(is_left_alone(whole.substr(0, came)));
  }
}

TEST_CASE("a frame of just as much as may come is taken, one byte more is left alone") {
  auto most = frame('\x81', std::string(200, 'a'));
  CHECK(is_left_alone(most, 199));
  CHECK(take_plain_frame(most, 200).has_value());
}

TEST_CASE("whatever is for the stream is left alone") {
  CHECK(is_left_alone(frame('\x01', "the first part of a message")));
  CHECK(is_left_alone(frame('\x80', "the last part of one")));
  CHECK(is_left_alone(frame('\xC1', "a packed message")));
  CHECK(is_left_alone(frame('\x91', "an unknown extension")));
  CHECK(is_left_alone(frame('\x88', "\x03\xe8 a close")));
  CHECK(is_left_alone(frame('\x89', "a ping")));
  CHECK(is_left_alone(frame('\x83', "an unknown kind")));
  CHECK(is_left_alone("\x81\x05" + key + "hello"));                   // not masked
  CHECK(is_left_alone("\x81\xFE\x00\x05"s + key + masked("hello")));  // a length too long
  CHECK(is_left_alone("\x81\xFF\0\0\0\0\0\0\0\x05"s + key + masked("hello")));
  CHECK(is_left_alone("\x8A\xFE\x00\x7E"s + key + masked(std::string(126, 'p'))));
  CHECK(is_left_alone(frame('\x81', "no \xff text")));
  CHECK(is_left_alone(frame('\x81', "half a character: \xc3")));
}
