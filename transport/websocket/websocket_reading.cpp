// What a client sends, from bytes to messages: the other half of websocket_session.cpp.
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
namespace websocket = beast::websocket;

const proto::frame& rate_limited_frame() {
  static const proto::frame frame(proto::encode_error(
      {proto::error_code::rate_limited,
       "Too many messages: this one and others of the next second may have no effect."}));
  return frame;
}

}  // namespace

// ---- When there are bytes

void websocket_session::resume_reading() {
  paused_ = false;
  resumed_at_ = out_->home().now();
  if (is<open_plain>()) return await_bytes();
  const auto* const state = std::get_if<open_stream>(&state_);
  if (state != nullptr && !state->reading) read_stream();
}

/// A stream reads on by itself while there is more. Once it waits, the bytes that came without a
/// message are checked: nothing else may ever come.
void websocket_session::await_bytes() {
  if (!out_->socket().is_open()) return abort_read();
  if (is_open() && sends_no_messages()) {
    boost::asio::post(out_->socket().get_executor(),
                      [self = shared_from_this()] { self->close_if_only_fragments(); });
  }
  if (std::exchange(is_in_poll_, true)) return;
  if (!out_->home().reads().add(out_->socket().descriptor(), shared_from_this())) {
    out_->give_up();
  }
}

void websocket_session::stop_awaiting_bytes() {
  if (!std::exchange(is_in_poll_, false)) return;
  out_->home().reads().remove(out_->socket().descriptor());
}

void websocket_session::abort_read() {
  boost::asio::post(out_->socket().get_executor(), [self = shared_from_this()] {
    if (self->is<open_plain>()) return self->client_ended();
    auto* const its = self->current_stream();
    if (its != nullptr) its->next_layer().readable(boost::asio::error::operation_aborted);
  });
}

bool websocket_session::readable() {
  if (wants_bytes()) return read_plain_frames();
  auto* const its = current_stream();
  if (its != nullptr && its->next_layer().is_waiting()) {
    its->next_layer().readable({});  // asks by await_bytes for more
  } else {
    stop_awaiting_bytes();
  }
  return false;
}

bool websocket_session::wants_bytes() {
  if (!deflates_) release_idle_stream();
  return is<open_plain>() && !paused_;
}

void websocket_session::take(std::span<char> bytes) {
  parse_plain_frames(bytes);
}

void websocket_session::bytes_came(std::size_t size) {
  since_message_ += size;
  out_->home().bytes_read(size);
  has_sent_ = true;
  last_read_at_ = out_->home().now();
}

// ---- Without a stream

bool websocket_session::read_plain_frames() {
  const auto space = out_->home().read_space();
  const auto size = out_->socket().receive(space);
  if (size > 0) {
    parse_plain_frames(space.first(static_cast<std::size_t>(size)));
    return static_cast<std::size_t>(size) == space.size();
  }
  if (size < 0 && errno == EINTR) return true;
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
  client_ended();
  return false;
}

void websocket_session::parse_plain_frames(std::span<char> bytes) {
  bytes_came(bytes.size());
  if (auto* const state = std::get_if<open_plain>(&state_)) state->unparsed = bytes;
  // Each frame may close the connection, which ends this state.
  while (auto* const state = std::get_if<open_plain>(&state_)) {
    if (state->unparsed.empty()) break;
    const auto frame = take_plain_frame(state->unparsed, to_->message_bytes_max());
    if (!frame) return use_stream();
    state->unparsed = state->unparsed.subspan(frame->wire_bytes);
    if (frame->kind == plain_kind::pong) {
      handle_sign_of_life(frame->payload.size());
    } else if (takes_messages()) {
      pass_on(frame->kind == plain_kind::binary, frame->payload);
    }
  }
  close_if_only_fragments();
}

// ---- By a stream

/// Not while closing: then Beast's close reads on by itself. A second read that met a bad frame
/// would wait for the close, and the close for the read.
void websocket_session::read_stream() {
  auto* const state = std::get_if<open_stream>(&state_);
  if (state == nullptr) return;
  state->reading = !paused_;
  if (paused_) return;
  state->stream->async_read_some(
      state->stream->next_layer().space(),
      [self = shared_from_this()](beast::error_code error, std::size_t size) {
        self->has_read(error, size);
      });
}

void websocket_session::has_read(beast::error_code error, std::size_t size) {
  if (error) return client_ended();
  if (auto* const state = std::get_if<open_stream>(&state_)) add_part(*state->stream, size);
  read_stream();
}

void websocket_session::add_part(stream& from, std::size_t size) {
  const std::string_view part(from.next_layer().space_data(), size);
  auto& partial = from.next_layer().partial_message();
  if (!from.is_message_done()) {
    partial.append(part);
  } else if (partial.empty()) {
    handle_message(from, part);
  } else {
    partial.append(part);
    handle_message(from, std::exchange(partial, {}));
  }
}

void websocket_session::handle_message(stream& from, std::string_view payload) {
  from.next_layer().account_for(frame_bytes(payload.size()));
  const auto mark = from.next_layer().next_mark();
  if (!takes_messages()) return;
  if (mark == rsv1_filter::mark::none) {
    const auto bytes_max = to_->message_bytes_max();
    if (proto::is_over(payload.size(), bytes_max)) return close_too_long();
    return pass_on(from.got_binary(), payload);
  }
  unpack_and_pass_on(mark == rsv1_filter::mark::binary, payload);
}

void websocket_session::handle_control(websocket::frame_type kind, std::size_t payload_bytes) {
  auto& from = current_stream()->next_layer();
  if (kind == websocket::frame_type::close) from.is_closed_by_peer();
  from.account_for(frame_bytes(payload_bytes));
  handle_sign_of_life(payload_bytes);
}

// ---- What has come

void websocket_session::pass_on(bool binary, std::string_view payload) {
  since_message_ = 0;
  if (is_within_rate(payload.size()) && !to_->heard(binary, payload)) asked_to_close_ = true;
}

/// A packed message counts by the larger of its two sizes. It is not unpacked if its packed size is
/// over the rate already.
void websocket_session::unpack_and_pass_on(bool binary, std::string_view packed) {
  since_message_ = 0;
  if (!is_within_rate(packed.size())) return;
  const auto result = deflate_codec::of_this_thread().unpack(packed, to_->message_bytes_max());
  if (result.what == deflate_codec::fault::too_long) return close_too_long();
  if (result.what != deflate_codec::fault::none || (!binary && !proto::is_utf8(result.message))) {
    return leave_and_close(proto::close_code::bad_payload,
                           "The message cannot be unpacked, or is no UTF-8.");
  }
  const auto more = result.message.size() - std::min(result.message.size(), packed.size());
  if (more > 0 && !is_within_rate(more, 0)) return;
  if (!to_->heard(binary, result.message)) asked_to_close_ = true;
}

/// A ping or a pong. Each ping costs a pong.
void websocket_session::handle_sign_of_life(std::size_t payload_bytes) {
  if (takes_messages()) is_within_rate(payload_bytes);
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
      leave_and_close(proto::close_code::policy_violation, "Too many messages for too long.");
      return false;
  }
  return false;
}

/// No rate counts empty fragments, since they are no messages.
bool websocket_session::sends_no_messages() const {
  const auto message_max = to_->message_bytes_max();
  if (message_max == 0 || !to_->is_rate_limited()) return false;
  return since_message_ / proto::bytes_for_byte_of_message_max > message_max;
}

void websocket_session::close_if_only_fragments() {
  if (!is_open() || !sends_no_messages()) return;
  leave_and_close(proto::close_code::policy_violation, "Much has come from you, and no message.");
}

}  // namespace innkeeper::transport
