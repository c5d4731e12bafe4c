#include "bench/load/dialect.hpp"

#include <array>
#include <stdexcept>

namespace innkeeper::bench {
namespace {

// RFC 6455 sections 5.2 and 5.3
constexpr unsigned char final_text = 0x81;
constexpr unsigned char final_pong = 0x8A;
constexpr unsigned char masked_bit = 0x80;
constexpr std::size_t short_size_max = 125;
constexpr std::array<unsigned char, 4> mask{0x37, 0xFA, 0x21, 0x3D};

std::string masked_frame(unsigned char first, std::string_view payload) {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() <= short_size_max) {
    frame += static_cast<char>(masked_bit | payload.size());
  } else {
    constexpr unsigned char two_bytes_follow = 126;
    if (payload.size() > 0xFFFF) throw std::invalid_argument("Messages go up to 65535 bytes here.");
    frame += static_cast<char>(masked_bit | two_bytes_follow);
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 0xFFU);
  }
  for (const auto byte : mask) frame += static_cast<char>(byte);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % mask.size()]);
  }
  return frame;
}

}  // namespace

dialect dialect_named(std::string_view name) {
  if (name == "rooms") return dialect::rooms;
  if (name == "raw") return dialect::raw;
  if (name == "resp") return dialect::resp;
  throw std::invalid_argument("--dialect: '" + std::string(name) +
                              "' is not known; rooms, raw and resp are.");
}

std::string upgrade_request(std::string_view room) {
  return "GET /websocket?room=" + std::string(room) +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
}

std::string text_frame(std::string_view payload) {
  return masked_frame(final_text, payload);
}

std::string pong_frame(std::string_view payload) {
  return masked_frame(final_pong, payload);
}

std::string chat_message(dialect in, std::size_t delivered_bytes, std::string_view suffix) {
  if (in == dialect::raw) return text_frame(std::string(delivered_bytes, 'x'));
  const std::string around =
      R"({"type":"chat","data":{"message":"","user":{"suffix":,"properties":{}}}})";
  const auto fixed = around.size() + suffix.size();
  if (delivered_bytes < fixed) {
    throw std::invalid_argument("--bytes: a chat's frame has at least " + std::to_string(fixed) +
                                " bytes.");
  }
  return text_frame(R"({"type":"chat","data":")" + std::string(delivered_bytes - fixed, 'x') +
                    R"("})");
}

std::string count_message(dialect in, std::size_t index) {
  if (in == dialect::resp) {
    const auto key = "counter" + std::to_string(index);
    return "*2\r\n$4\r\nINCR\r\n$" + std::to_string(key.size()) + "\r\n" + key + "\r\n";
  }
  if (in == dialect::raw) throw std::invalid_argument("The raw dialect has no counters.");
  return text_frame(R"({"type":"counter","data":{"id":"c0","value":1}})");
}

std::string subscribe_message(std::string_view channel) {
  return text_frame(R"({"type":"subscribe","data":")" + std::string(channel) + R"("})");
}

}  // namespace innkeeper::bench
