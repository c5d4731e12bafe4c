#include "transport/websocket/close_frames.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/raw_frame.hpp"

using namespace innkeeper;
using namespace std::string_literals;
using testing::bytes_of;
using testing::close_payload;
using testing::opcode;
using transport::close_frames;

namespace {

std::string close_of(std::uint16_t code, std::string_view reason) {
  return bytes_of({opcode::close, close_payload(code, reason)});
}

/// The answer of a server, with a code alone.
std::string by_beast(std::uint16_t code) {
  return "\x88\x02"s + close_payload(code);
}

/// The payload of the frame that `bytes` end with, unmasked.
std::string unmasked_end(const std::string& bytes, std::size_t size) {
  const auto* key = bytes.data() + bytes.size() - size - 4;
  std::string payload = bytes.substr(bytes.size() - size);
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
  return payload;
}

/// What Beast gets to see of what a client sends in one piece.
std::string passed(close_frames& through, std::string bytes) {
  through.look_at(bytes);
  return bytes;
}

}  // namespace

TEST_CASE("a close frame whose reason is no UTF-8 becomes one with 1007 on its way to Beast") {
  const auto* reason = GENERATE("\xFF\xFE", "cut \xE2\x82", "\xED\xA0\x80", "a\x80");
  const auto before = bytes_of({opcode::text, "a \xFF text is nobody's business here"}) +
                      bytes_of({opcode::ping, "p"});
  close_frames frames;
  const auto sent = before + close_of(1000, reason);
  const auto seen = passed(frames, sent);
  CHECK(seen.starts_with(before));
  const auto size = 2 + std::string_view(reason).size();
  CHECK(unmasked_end(seen, size) == close_payload(1007, std::string(size - 2, '?')));
  frames.is_answered();
  CHECK(frames.with_reason(by_beast(1007)) == "\x88\x13\x03\xEFThis is no UTF-8."s);
  CHECK(frames.begins_close(by_beast(1007)) == 1007);
}

TEST_CASE("a close frame that comes in pieces is answered with 1007 in place of 1002") {
  const auto sent = bytes_of({opcode::text, "x"}) + close_of(4000, "cut \xE2\x82");
  for (std::size_t piece = 1; piece < sent.size(); ++piece) {
    INFO("in pieces of " << piece);
    close_frames frames;
    std::string seen;
    for (std::size_t i = 0; i < sent.size(); i += piece) {
      seen += passed(frames, sent.substr(i, piece));
    }
    const bool mended = seen != sent;
    if (mended) frames.is_answered();
    const auto answer = frames.with_reason(by_beast(mended ? 1007 : 1002));
    CHECK(answer == "\x88\x13\x03\xEFThis is no UTF-8."s);
  }
}

TEST_CASE("other close frames pass as they are, and what is wrong with them stays 1002") {
  const std::vector<std::string> frames_of_clients = {
      close_of(1000, ""),
      close_of(1000, "why"),
      close_of(4999, "\xE2\x82\xAC"),
      bytes_of({opcode::close, ""}),
      bytes_of({opcode::close, "\x03"}),
      close_of(1005, "\xFF"),
      close_of(999, "\xFF"),
      close_of(1016, "\xFF"),
      bytes_of({opcode::close, close_payload(1000, "\xFF"), false}),
      bytes_of({opcode::close, close_payload(1000, "\xFF"), true, 4}),
      close_of(1000, std::string(124, '\xFF')),
      "\x88\x03\x03\xE8\xFF"s};
  for (const auto& each : frames_of_clients) {
    close_frames frames;
    CHECK(passed(frames, each) == each);
    CHECK(frames.with_reason(by_beast(1002)) ==
          "\x88\x29\x03\xEAThis is against the WebSocket protocol."s);
  }
}

TEST_CASE("bytes of messages that look like close frames are left alone") {
  const auto inside = close_of(1000, "\xFF");
  for (const std::size_t size : {10U, 126U, 70'000U}) {
    std::string payload;
    while (payload.size() < size) payload += inside;
    // Masked with zeros: as it is said.
    auto sent = testing::head_of({opcode::binary}, payload.size());
    sent.replace(sent.size() - 4, 4, 4, '\0');
    sent += payload;
    close_frames frames;
    CHECK(passed(frames, sent + close_of(1000, "fine")) == sent + close_of(1000, "fine"));
  }
}

TEST_CASE("a close that Beast begins gets a reason, and counts as this server's") {
  const close_frames frames;
  CHECK(frames.with_reason(by_beast(1009)) == "\x88\x1A\x03\xF1The message is too long."s);
  CHECK(frames.begins_close(frames.with_reason(by_beast(1009))) == 1009);
  CHECK(frames.with_reason(by_beast(1007)) == "\x88\x13\x03\xEFThis is no UTF-8."s);
}

TEST_CASE("what has a reason, or is no close, is written as it is") {
  const close_frames frames;
  for (const auto& each : {"\x88\x06\x03\xF1long"s, by_beast(1000), "\x8A\x02ok"s, "\x88\x00"s,
                           "HTTP/1.1 101 Switching Protocols\r\n\r\n"s}) {
    CHECK(frames.with_reason(each) == each);
  }
  CHECK(frames.begins_close("\x88\x06\x03\xF1long"s) == 1009);
  CHECK_FALSE(frames.begins_close("\x8A\x02ok"s).has_value());
}

TEST_CASE("the answer to a client's close repeats its code alone, and is not this server's close") {
  close_frames frames;
  static_cast<void>(passed(frames, close_of(1009, "you send too much")));
  frames.is_answered();
  CHECK(frames.with_reason(by_beast(1009)) == by_beast(1009));
  CHECK_FALSE(frames.begins_close(by_beast(1009)).has_value());
}
