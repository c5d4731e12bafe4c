#include "transport/websocket/close_frames.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "proto/close_codes.hpp"
#include "proto/json_text.hpp"
#include "transport/websocket/frame_head.hpp"

namespace innkeeper::transport {
namespace {

constexpr std::uint8_t whole_close = frame_head::fin | frame_head::close;
constexpr std::size_t code_bytes = 2;

std::uint16_t code_at(std::string_view text) {
  return static_cast<std::uint16_t>(static_cast<std::uint8_t>(text[0]) << 8U |
                                    static_cast<std::uint8_t>(text[1]));
}

void append_code(std::string& to, std::uint16_t code) {
  to += static_cast<char>(code >> 8U);
  to += static_cast<char>(code & 0xFFU);
}

/// Whether a client may send this code; Beast refuses all others with 1002.
bool is_valid(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1013) || code >= 3000;
}

/// Unmasked, as servers send it.
std::string frame_with(std::uint16_t code, std::string_view reason) {
  std::string frame;
  frame += static_cast<char>(whole_close);
  frame += static_cast<char>(code_bytes + reason.size());
  append_code(frame, code);
  return frame.append(reason);
}

bool is_close(std::string_view frame) {
  return frame.size() >= frame_head::shortest && static_cast<std::uint8_t>(frame[0]) == whole_close;
}

}  // namespace

void close_frames::look_at(std::span<char> bytes) {
  while (!bytes.empty()) {
    if (!in_payload_) {
      read_head_byte(static_cast<std::uint8_t>(bytes.front()));
      bytes = bytes.subspan(1);
      if (in_payload_ && payload_left_ == 0) in_payload_ = false;
      continue;
    }
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size()));
    const auto piece = bytes.first(size);
    bytes = bytes.subspan(size);
    payload_left_ -= size;
    if (head_[0] == whole_close) {
      const bool is_first = payload_.empty();
      const auto* key = &head_.at(head_read_ - frame_head::mask_bytes);
      for (const char c : piece) {
        payload_ += static_cast<char>(static_cast<std::uint8_t>(c) ^ key[payload_.size() % 4]);
      }
      if (payload_left_ == 0) end_of_close(is_first ? piece : std::span<char>());
    }
    in_payload_ = payload_left_ > 0;
  }
}

/// A close frame that breaks other rules is left to Beast, whatever is in it.
void close_frames::read_head_byte(std::uint8_t byte) {
  if (head_read_ > 1 && head_read_ == frame_head::bytes(head_[1])) head_read_ = 0;
  head_.at(head_read_++) = byte;
  if (head_read_ < frame_head::shortest || head_read_ < frame_head::bytes(head_[1])) return;
  const auto follow = frame_head::length_bytes(head_[1]);
  payload_left_ = follow == 0 ? head_[1] & ~frame_head::mask_bit : 0U;
  for (std::size_t i = 0; i < follow; ++i) {
    payload_left_ = payload_left_ << 8U | head_.at(frame_head::shortest + i);
  }
  in_payload_ = true;
  payload_.clear();
  const bool is_sound = follow == 0 && (head_[1] & frame_head::mask_bit) != 0;
  if (head_[0] == whole_close && !is_sound) head_[0] = 0;
}

void close_frames::end_of_close(std::span<char> in_place) {
  if (payload_.size() <= code_bytes || !is_valid(code_at(payload_))) return;
  if (proto::is_utf8(std::string_view(payload_).substr(code_bytes))) return;
  if (in_place.empty()) {
    bad_ = true;
    return;
  }
  std::string replacement;
  append_code(replacement, proto::close_code::bad_payload);
  replacement.resize(payload_.size(), '?');
  const auto* key = &head_.at(head_read_ - frame_head::mask_bytes);
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    in_place[i] = static_cast<char>(static_cast<std::uint8_t>(replacement[i]) ^
                                    key[i % frame_head::mask_bytes]);
  }
  replaced_ = true;
}

std::string close_frames::with_reason(std::string by_beast) const {
  if (!is_close(by_beast) || by_beast.size() != frame_head::shortest + code_bytes) return by_beast;
  if (is_echo()) return by_beast;
  auto code = code_at(std::string_view(by_beast).substr(frame_head::shortest));
  if (code == proto::close_code::protocol_error && bad_) code = proto::close_code::bad_payload;
  const auto reason = proto::close_code::default_reason(code);
  return reason.empty() ? by_beast : frame_with(code, reason);
}

std::optional<std::uint16_t> close_frames::begins_close(const std::string& frame) const {
  if (!is_close(frame) || frame.size() < frame_head::shortest + code_bytes || is_echo()) {
    return std::nullopt;
  }
  return code_at(std::string_view(frame).substr(frame_head::shortest));
}

}  // namespace innkeeper::transport
