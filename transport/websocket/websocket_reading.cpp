// What the client sends, from bytes to messages: the other half of websocket_session.cpp.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "proto/close_codes.hpp"
#include "proto/json_text.hpp"
#include "proto/protocol_error.hpp"
#include "transport/loop/steady_ms.hpp"
#include "transport/websocket/deflate.hpp"
#include "transport/websocket/fast_frame_parser.hpp"
#include "transport/websocket/websocket_session.hpp"

namespace innkeeper::transport {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

/// Makes a new stream one that is open.
const http_request& any_handshake() {
  static const auto request = [] {
    http_request made(http::verb::get, "/", 11);
    made.set(http::field::host, "localhost");
    made.set(http::field::connection, "upgrade");
    made.set(http::field::upgrade, "websocket");
    made.set(http::field::sec_websocket_version, "13");
    made.set(http::field::sec_websocket_key, "AAAAAAAAAAAAAAAAAAAAAA==");
    return made;
  }();
  return request;
}

const proto::frame& rate_limited_frame() {
  static const proto::frame frame(proto::encode_error(
      {proto::error_code::rate_limited,
       "Too many messages: this one and others of the next second may have no effect."}));
  return frame;
}

}  // namespace

void websocket_session::heard_control(websocket::frame_type kind, std::size_t payload_bytes) {
  if (kind == websocket::frame_type::close) stream_->next_layer().is_closed_by_peer();
  heard_sign_of_life(payload_bytes);
}

void websocket_session::heard_sign_of_life(std::size_t payload_bytes) {
  unaccounted_ -= std::min(unaccounted_, frame_bytes(payload_bytes));
  if (hearing_) is_within_rate(payload_bytes);  // each ping costs a pong
  to_->alive();
}

bool websocket_session::is_within_rate(std::size_t bytes, std::size_t messages) {
  if (!to_->is_rate_limited()) return true;
  const auto now = out_->home().now();
  auto verdict = rate_.take(now, bytes, limits_, is_admin_, messages);
  if (verdict == rate_guard::verdict::pass && !place_.may_send(steady_ms(now), messages, bytes)) {
    verdict = rate_.turn_away(now);
  }
  switch (verdict) {
    case rate_guard::verdict::pass:
      return true;
    case rate_guard::verdict::refuse:
      health_.count_error(proto::code_word(proto::error_code::rate_limited));
      deliver(rate_limited_frame());
      return false;
    case rate_guard::verdict::ignore:
      return false;
    case rate_guard::verdict::give_up:
      leave();
      close(proto::close_code::policy_violation, "Too many messages for too long.");
      return false;
  }
  return false;
}

/// Gives Beast's stream back, if nothing would be lost with it.
void websocket_session::doze_if_settled() {
  const bool settled = !arriving_ && !closing_ && !left_ && unaccounted_ == 0;
  if (settled && stream_ && stream_->next_layer().is_waiting()) stream_.reset();
}

/// What has not been heard yet is the stream's.
void websocket_session::rouse() {
  if (stream_) return;
  const auto rest = std::exchange(unheard_, {});
  open_stream(std::string(rest.data(), rest.size()));
  beast::error_code error;
  stream_->accept(any_handshake(), error);
  if (error) return leave();
  read();
}

/// A stream reads on by itself while there is more: what has come without a message is judged once
/// it waits, for nothing else may ever come.
void websocket_session::await_bytes() {
  if (!out_->socket().is_open()) return abort_read();
  if (!closing_ && sends_no_messages()) {
    boost::asio::post(out_->socket().get_executor(),
                      [self = shared_from_this()] { self->close_if_only_fragments(); });
  }
  if (std::exchange(awaiting_bytes_, true)) return;
  if (!out_->home().reads().add(out_->socket().descriptor(), shared_from_this())) {
    out_->give_up();
  }
}

void websocket_session::stop_awaiting_bytes() {
  if (!std::exchange(awaiting_bytes_, false)) return;
  out_->home().reads().remove(out_->socket().descriptor());
}

/// Nobody else says that no bytes will come.
void websocket_session::abort_read() {
  boost::asio::post(out_->socket().get_executor(), [self = shared_from_this()] {
    if (!self->stream_) return self->leave();
    self->stream_->next_layer().readable(boost::asio::error::operation_aborted);
  });
}

void websocket_session::bytes_came(std::size_t size) {
  unaccounted_ += size;
  since_message_ += size;
  out_->home().bytes_read(size);
  has_spoken_ = true;
  heard_at_ = out_->home().now();
}

/// Empty fragments are no messages, so that no rate counts them.
bool websocket_session::sends_no_messages() const {
  constexpr std::size_t share_of_payload_min = 16;  // of what comes, in fragments of one byte too
  if (since_message_ < share_of_payload_min) return false;
  const auto message_max = to_->message_bytes_max();
  if (message_max == 0 || !to_->is_rate_limited()) return false;
  return since_message_ / share_of_payload_min > message_max;
}

void websocket_session::close_if_only_fragments() {
  if (closing_ || !sends_no_messages()) return;
  leave();
  close(proto::close_code::policy_violation, "Much has come from you, and no message.");
}

bool websocket_session::readable() {
  if (wants_bytes()) return read_plainly();
  const bool wanted = stream_ && stream_->next_layer().is_waiting();
  if (!wanted) {
    stop_awaiting_bytes();
    return false;
  }
  stream_->next_layer().readable({});  // it knows itself whether there may be more
  return false;
}

/// Who reads them plainly does.
bool websocket_session::wants_bytes() {
  if (!deflates_) doze_if_settled();
  return !stream_ && !paused_;
}

void websocket_session::take(std::span<char> bytes) {
  if (stream_) return;  // cannot be: nobody has had a turn who might have opened one
  hear_plainly(bytes);
}

/// A read that waits would keep its session for ever, and the session its read.
void websocket_session::poll_ends() {
  awaiting_bytes_ = false;
  stream_.reset();
}

bool websocket_session::read_plainly() {
  const auto space = out_->home().read_space();
  const auto size = out_->socket().receive(space);
  if (size > 0) {
    hear_plainly(space.first(static_cast<std::size_t>(size)));
    return static_cast<std::size_t>(size) == space.size();
  }
  if (size < 0 && errno == EINTR) return true;
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
  stop_awaiting_bytes();
  leave();
  return false;
}

void websocket_session::hear_plainly(std::span<char> bytes) {
  bytes_came(bytes.size());
  unheard_ = bytes;
  while (!stream_ && !unheard_.empty()) {
    const auto frame = take_plain_frame(unheard_, to_->message_bytes_max());
    if (!frame) return rouse();
    unheard_ = unheard_.subspan(frame->wire_bytes);
    if (frame->kind == plain_kind::pong) {
      heard_sign_of_life(frame->payload.size());
      continue;
    }
    unaccounted_ -= std::min(unaccounted_, frame->wire_bytes);
    if (hearing_) hear_message(frame->kind == plain_kind::binary, frame->payload);
  }
  close_if_only_fragments();
}

void websocket_session::read() {
  // Once we close, Beast's close reads on by itself. A read beside it that met a bad frame would
  // wait for the close, and the close for it.
  reading_ = !paused_ && !closing_;
  if (!reading_) return;
  stream_->async_read_some(stream_->next_layer().space(),
                           [self = shared_from_this()](beast::error_code error, std::size_t size) {
                             if (error) return self->leave();
                             self->received(size);
                             self->read();
                           });
}

void websocket_session::received(std::size_t size) {
  const std::string_view part(stream_->next_layer().space_data(), size);
  auto& partial = stream_->next_layer().partial_message();
  if (!stream_->is_message_done()) {
    partial.append(part);
  } else if (partial.empty()) {
    hear(part);
  } else {
    partial.append(part);
    hear(std::exchange(partial, {}));
  }
}

void websocket_session::hear(std::string_view payload) {
  unaccounted_ -= std::min(unaccounted_, frame_bytes(payload.size()));
  const auto mark = stream_->next_layer().next_mark();
  if (!hearing_) return;
  if (mark == rsv1_filter::mark::none) {
    const auto bytes_max = to_->message_bytes_max();
    if (proto::is_over(payload.size(), bytes_max)) return close_too_long();
    return hear_message(stream_->got_binary(), payload);
  }
  hear_packed(mark == rsv1_filter::mark::binary, payload);
}

void websocket_session::hear_message(bool binary, std::string_view payload) {
  since_message_ = 0;
  if (is_within_rate(payload.size()) && !to_->heard(binary, payload)) hearing_ = false;
}

/// Counts as the larger of what came and what it is, and is not unpacked if it is too much already.
void websocket_session::hear_packed(bool binary, std::string_view packed) {
  since_message_ = 0;
  if (!is_within_rate(packed.size())) return;
  const auto result = deflate_codec::of_this_thread().unpack(packed, to_->message_bytes_max());
  if (result.what == deflate_codec::fault::too_long) return close_too_long();
  if (result.what != deflate_codec::fault::none || (!binary && !proto::is_utf8(result.message))) {
    leave();
    return close(proto::close_code::bad_payload, "The message cannot be unpacked, or is no UTF-8.");
  }
  const auto more = result.message.size() - std::min(result.message.size(), packed.size());
  if (more > 0 && !is_within_rate(more, 0)) return;
  if (!to_->heard(binary, result.message)) hearing_ = false;
}

void websocket_session::close_too_long() {
  leave();
  close(proto::close_code::too_big, "The message is too long.");
}

}  // namespace innkeeper::transport
