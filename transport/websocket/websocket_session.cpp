#include "transport/websocket/websocket_session.hpp"

#include <algorithm>
#include <utility>

#include "memory/connection_memory.hpp"
#include "memory/prefetch.hpp"
#include "proto/close_codes.hpp"
#include "transport/socket/http_date.hpp"
#include "transport/socket/refusal.hpp"
#include "transport/websocket/deflate.hpp"
#include "transport/websocket/deflate_offer.hpp"

namespace innkeeper::transport {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

/// How long a peer may take to answer a close frame.
constexpr std::chrono::seconds closing_max{2};
/// How long the whole handshake may take, from the request to the room's answer.
constexpr std::chrono::seconds arriving_max{10};

/// A connection that has been quiet for so long dozes: it holds no stream until something comes.
constexpr std::chrono::seconds doze_after{1};

/// RFC 6455 section 5.5.2, without payload.
const proto::frame& ping_frame() {
  static const auto frame = proto::frame::of_wire({"\x89\0", 2});
  return frame;
}

}  // namespace

static_assert(sizeof(websocket_session) <= read_poll::reader_bytes);
static_assert(sizeof(websocket_session) <= client_connection::memory_max);

websocket_session::websocket_session(loop& home, int socket, origin from,
                                     const connection_limits& limits, health::monitor& health)
    : to_(std::move(from.to)),
      place_(std::move(from.place)),
      arriving_(std::make_unique<arrival>(
          arrival{std::move(from.request), from.may_deflate, std::nullopt})),
      out_(memory::shared_by_connection<outbox>(home, socket, limits.waiting_bytes)),
      limits_(limits),
      health_(health),
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
        response.set(http::field::date, current_http_date());
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
  stream_->control_callback([this](websocket::frame_type kind, beast::string_view payload) {
    heard_control(kind, payload.size());
  });
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

void websocket_session::gives_up() {
  stop_awaiting_bytes();
  abort_read();
}

void websocket_session::prefetch_outbox() const {
  memory::prefetch(out_.get());
}

void websocket_session::prefetch_its_own() const {
  prefetch_outbox();
  memory::prefetch(static_cast<const void*>(to_.get()), counterpart::memory_max);
}

void websocket_session::refuse(unsigned int status, const std::string& sentence) {
  left_ = true;
  out_->append_bytes(refusal_bytes(status, sentence, current_http_date()));
  out_->flush();
  out_->socket().end_writing();
}

void websocket_session::deliver(const proto::frame& frame) {
  if (closing_) return;
  const bool taken = deflates_ ? out_->append_frame(deflate_codec::of_this_thread().packed(frame))
                               : out_->append_frame(frame);
  if (!taken) return close_slow_peer();
  const bool dozes = !stream_;  // all who are silent do
  if (dozes && watch_.ping_along(out_->home().now(), heard_at_, patience()))
    out_->append_frame(ping_frame());
}

void websocket_session::stalled(time_point since) {
  wake_at(watch_.next_look(heard_at(out_->home().now()), since, patience()));
}

void websocket_session::closes_with(std::uint16_t code) {
  health_.count_closed(code);
}

void websocket_session::close_slow_peer() {
  health_.report(health::reason::slow_reader, "a client takes less than it is sent");
  leave();
  out_->drop_waiting();
  close(proto::close_code::try_again_later, "Too much is waiting to be read.");
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

/// Who is not read cannot be silent, and while the process stands still nobody is read.
websocket_session::time_point websocket_session::heard_at(time_point now) {
  return paused_ ? now : std::max({heard_at_, resumed_at_, out_->home().resumed_at()});
}

std::optional<websocket_session::time_point> websocket_session::stalled_since() const {
  const auto since = out_->stalled_since();
  return since ? std::optional(std::max(*since, out_->home().resumed_at())) : std::nullopt;
}

websocket_session::time_point websocket_session::ends_at() const {
  if (end_at_ == time_point::max()) return end_at_;
  return std::max(end_at_, out_->home().resumed_at() + closing_max);
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
  if (now >= ends_at()) return out_->give_up();
  if (arriving_) {
    const auto due = out_->home().resumed_at() + arriving_max;
    if (now < due) return wake_at(due);
    leave();
    return refuse(503, "The room took too long to answer. Try again in a moment.");
  }
  const auto heard = heard_at(now);
  switch (watch_.look(now, heard, stalled_since(), patience())) {
    case peer_watch::verdict::nothing:
      break;
    case peer_watch::verdict::ping:
      if (!closing_) out_->append_frame(ping_frame());
      break;
    case peer_watch::verdict::silent:
      leave();
      close(proto::close_code::going_away, "Nothing has been heard from you for too long.");
      break;
    case peer_watch::verdict::stalled:
      if (!closing_) close_slow_peer();
      break;
  }
  if (closing_) return wake_at(ends_at());
  const bool quiet = !has_spoken_ || now - heard_at_ >= doze_after;
  if (quiet) doze_if_settled();
  const auto next = watch_.next_look(heard, stalled_since(), patience());
  wake_at(std::min({ends_at(), next, quiet ? time_point::max() : heard_at_ + doze_after}));
}

}  // namespace innkeeper::transport
