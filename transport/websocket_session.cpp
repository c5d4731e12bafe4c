#include "transport/websocket_session.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/beast/http/write.hpp>
#include <cerrno>
#include <sstream>
#include <utility>

#include "actors/durable/prefetch.hpp"
#include "proto/json_text.hpp"
#include "proto/server_message.hpp"
#include "transport/connection_memory.hpp"
#include "transport/deflate.hpp"
#include "transport/plain_frame.hpp"
#include "transport/steady_ms.hpp"

namespace innkeeper::transport {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

/// How long a peer may take to answer a close frame.
constexpr std::chrono::seconds closing_max{2};
/// How long the whole handshake may take, from the request to the room's answer.
constexpr std::chrono::seconds arriving_max{10};
constexpr std::uint16_t going_away = 1001;  // RFC 6455 section 7.4.1
constexpr std::uint16_t bad_payload = 1007;
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t too_big = 1009;
constexpr std::uint16_t try_again_later = 1013;  // RFC 6455 registry: the client is too slow

/// A connection that has been quiet for so long dozes: it holds no stream until something comes.
constexpr std::chrono::seconds doze_after{1};

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

/// RFC 6455 section 5.5.2, without payload.
const proto::frame& ping_frame() {
  static const auto frame = proto::frame::of_wire({"\x89\0", 2});
  return frame;
}

}  // namespace

static_assert(sizeof(websocket_session) <= read_poll::reader_bytes);
static_assert(sizeof(websocket_session) <= client_connection::memory_max);

websocket_session::websocket_session(loop& home, int socket, origin from,
                                     const connection_limits& limits)
    : to_(std::move(from.to)),
      place_(std::move(from.place)),
      arriving_(std::make_unique<arrival>(
          arrival{std::move(from.request), from.may_deflate, std::nullopt})),
      out_(shared_by_connection<outbox>(home, socket, limits.waiting_bytes)),
      limits_(limits),
      heard_at_(home.now()) {
  out_->set_owner(*this);
  unaccounted_ = from.read_ahead.size();
  open_stream(std::move(from.read_ahead));
}

websocket_session::~websocket_session() {
  out_->forget_owner();
}

void websocket_session::start() {
  to_->arrived(shared_from_this());
  wake_at(out_->home().now() + arriving_max);
}

void websocket_session::accept() {
  out_->hold_frames();
  const auto extensions =
      arriving_->may_deflate ? deflate_answer(arriving_->request) : std::nullopt;
  deflates_ = extensions.has_value();
  if (deflates_) expect_deflated();
  stream_->set_option(
      websocket::stream_base::decorator([this, extensions](websocket::response_type& response) {
        response.set(http::field::server, "innkeeper");
        if (extensions) response.set(http::field::sec_websocket_extensions, *extensions);
        to_->add_to(response);
      }));
  stream_->async_accept(arriving_->request, [self = shared_from_this()](beast::error_code error) {
    self->accepted(error);
  });
}

void websocket_session::accepted(beast::error_code error) {
  const auto before = std::move(arriving_);
  stream_->set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
  if (error) return leave();
  out_->release_frames();
  if (before->close_when_accepted) send_close(*before->close_when_accepted);
  wake_at(out_->home().now());  // most have nothing to say at first
  read();
}

void websocket_session::open_stream(std::string read_ahead) {
  stream_.emplace(out_, static_cast<byte_watcher&>(*this), std::move(read_ahead));
  stream_->read_message_max(to_->message_bytes_max());
  stream_->control_callback(
      [this](websocket::frame_type, beast::string_view payload) { heard_control(payload.size()); });
  if (deflates_) expect_deflated();
  stream_->next_layer().on_teardown = [this] {
    stop_awaiting_bytes();
    leave();
    end_soon();
  };
}

void websocket_session::expect_deflated() {
  stream_->next_layer().expect_deflated();
  // What cannot be packed grows by some bytes in each of its blocks (RFC 1951 section 3.2.4).
  const auto bytes_max = to_->message_bytes_max();
  constexpr std::size_t block_share = 1000;
  constexpr std::size_t last_blocks = 64;
  if (bytes_max > 0) stream_->read_message_max(bytes_max + bytes_max / block_share + last_blocks);
}

void websocket_session::heard_control(std::size_t payload_bytes) {
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
      deliver(rate_limited_frame());
      return false;
    case rate_guard::verdict::ignore:
      return false;
    case rate_guard::verdict::give_up:
      leave();
      close(policy_violation, "Too many messages for too long.");
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

void websocket_session::gives_up() {
  stop_awaiting_bytes();
  abort_read();
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
  close(policy_violation, "Much has come from you, and no message.");
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

void websocket_session::prefetch_outbox() const {
  durable::prefetch(out_.get());
}

void websocket_session::prefetch_its_own() const {
  prefetch_outbox();
  durable::prefetch(static_cast<const void*>(to_.get()), counterpart::memory_max);
}

void websocket_session::prefetch_further() const {
  to_->prefetch_trail();
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
      heard_control(frame->payload.size());
      continue;
    }
    unaccounted_ -= std::min(unaccounted_, frame->wire_bytes);
    if (hearing_) hear_message(frame->kind == plain_kind::binary, frame->payload);
  }
  close_if_only_fragments();
}

void websocket_session::refuse(unsigned int status, const std::string& sentence) {
  left_ = true;
  http::response<http::string_body> response(static_cast<http::status>(status), 11, sentence);
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.keep_alive(false);
  response.prepare_payload();
  std::ostringstream text;
  text << response;
  out_->append_bytes(std::move(text).str());
  out_->flush();
  out_->socket().end_writing();
}

void websocket_session::deliver(const proto::frame& frame) {
  if (closing_) return;
  const bool taken = deflates_ ? out_->append_frame(out_->home().codec().packed(frame))
                               : out_->append_frame(frame);
  if (!taken) return close_slow_peer();
  const bool dozes = !stream_;  // all who are silent do
  if (dozes && watch_.ping_along(out_->home().now(), heard_at_, patience()))
    out_->append_frame(ping_frame());
}

void websocket_session::stalled(time_point since) {
  wake_at(watch_.next_look(heard_at(out_->home().now()), since, patience()));
}

void websocket_session::close_slow_peer() {
  leave();
  out_->drop_waiting();
  close(try_again_later, "Too much is waiting to be read.");
}

void websocket_session::close(std::uint16_t code, const std::string& reason) {
  if (std::exchange(closing_, true)) return;
  hearing_ = false;
  const close_reason why(static_cast<websocket::close_code>(code), reason);
  if (arriving_) {
    arriving_->close_when_accepted = why;  // Beast is no server before: it would mask the frame
  } else {
    send_close(why);
  }
}

void websocket_session::send_close(const close_reason& why) {
  end_soon();
  rouse();
  stream_->async_close(why, [self = shared_from_this()](beast::error_code) { self->leave(); });
}

void websocket_session::resume_reading() {
  paused_ = false;
  resumed_at_ = out_->home().now();
  if (arriving_ || closing_) return;
  if (!stream_) return await_bytes();
  if (!reading_) read();
}

peer_watch::patience websocket_session::patience() const {
  return peer_watch::patience(limits_);
}

/// Who is not read cannot be silent.
websocket_session::time_point websocket_session::heard_at(time_point now) {
  return paused_ ? now : std::max(heard_at_, resumed_at_);
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
  if (mark == deflated_marks::mark::none) {
    const auto bytes_max = to_->message_bytes_max();
    if (proto::is_over(payload.size(), bytes_max)) return close_too_long();
    return hear_message(stream_->got_binary(), payload);
  }
  hear_packed(mark == deflated_marks::mark::binary, payload);
}

void websocket_session::hear_message(bool binary, std::string_view payload) {
  since_message_ = 0;
  if (is_within_rate(payload.size()) && !to_->heard(binary, payload)) hearing_ = false;
}

/// Counts as the larger of what came and what it is, and is not unpacked if it is too much already.
void websocket_session::hear_packed(bool binary, std::string_view packed) {
  since_message_ = 0;
  if (!is_within_rate(packed.size())) return;
  const auto result = out_->home().codec().unpack(packed, to_->message_bytes_max());
  if (result.what == deflate_codec::fault::too_long) return close_too_long();
  if (result.what != deflate_codec::fault::none || (!binary && !proto::is_utf8(result.message))) {
    leave();
    return close(bad_payload, "The message cannot be unpacked, or is no UTF-8.");
  }
  const auto more = result.message.size() - std::min(result.message.size(), packed.size());
  if (more > 0 && !is_within_rate(more, 0)) return;
  if (!to_->heard(binary, result.message)) hearing_ = false;
}

void websocket_session::close_too_long() {
  leave();
  close(too_big, "The message is too long.");
}

void websocket_session::leave() {
  if (std::exchange(left_, true)) return;
  to_->left();
}

void websocket_session::end_soon() {
  if (end_at_ != time_point::max()) return;
  end_at_ = out_->home().now() + closing_max;
  wake_at(end_at_);
}

void websocket_session::wake_at(time_point due) {
  if (due >= wake_at_) return;
  wake_at_ = due;
  out_->home().wake_at(due, weak_from_this());
}

/// Alarms that were overtaken by an earlier one find nothing to do.
void websocket_session::wake(time_point now) {
  if (now < wake_at_) return;
  wake_at_ = time_point::max();
  if (now >= end_at_) return out_->give_up();
  if (arriving_) {
    leave();
    return refuse(503, "The room took too long to answer. Try again in a moment.");
  }
  const auto heard = heard_at(now);
  switch (watch_.look(now, heard, out_->stalled_since(), patience())) {
    case peer_watch::verdict::nothing:
      break;
    case peer_watch::verdict::ping:
      if (!closing_) out_->append_frame(ping_frame());
      break;
    case peer_watch::verdict::silent:
      leave();
      close(going_away, "Nothing has been heard from you for too long.");
      break;
    case peer_watch::verdict::stalled:
      if (!closing_) close_slow_peer();
      break;
  }
  if (closing_) return wake_at(end_at_);
  const bool quiet = !has_spoken_ || now - heard_at_ >= doze_after;
  if (quiet) doze_if_settled();
  const auto next = watch_.next_look(heard, out_->stalled_since(), patience());
  wake_at(std::min({end_at_, next, quiet ? time_point::max() : heard_at_ + doze_after}));
}

}  // namespace innkeeper::transport
