#include "transport/websocket_session.hpp"

#include <algorithm>
#include <boost/beast/http/write.hpp>
#include <sstream>
#include <utility>

namespace innkeeper::transport {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

/// How long a peer may take to answer a close frame.
constexpr std::chrono::seconds closing_max{2};
/// How long the whole handshake may take, from the request to the room's answer.
constexpr std::chrono::seconds arriving_max{10};
/// Bytes that may wait behind the frame being sent; a peer that lets more pile up is given up.
constexpr std::size_t waiting_bytes_max = std::size_t{4} * 1024 * 1024;
constexpr std::uint16_t going_away = 1001;       // RFC 6455 section 7.4.1
constexpr std::uint16_t try_again_later = 1013;  // RFC 6455 registry: the client is too slow

/// RFC 6455 section 5.5.2, without payload.
const proto::frame& ping_frame() {
  static const auto frame = proto::frame::of_wire(std::string("\x89\0", 2));
  return frame;
}

}  // namespace

websocket_session::websocket_session(loop& home, tcp_socket socket, origin from)
    : to_(std::move(from.to)),
      arriving_(std::make_unique<arrival>(arrival{std::move(from.request), std::nullopt})),
      out_(std::make_shared<outbox>(home, std::move(socket), waiting_bytes_max)),
      stream_(out_, std::move(from.read_ahead)) {
  out_->set_owner(*this);
  stream_.read_message_max(to_->message_bytes_max());
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
  stream_.set_option(websocket::stream_base::decorator([this](websocket::response_type& response) {
    response.set(http::field::server, "innkeeper");
    to_->add_to(response);
  }));
  stream_.control_callback([this](websocket::frame_type, beast::string_view) { to_->alive(); });
  stream_.next_layer().on_teardown = [this] {
    leave();
    end_soon();
  };
  stream_.async_accept(arriving_->request, [self = shared_from_this()](beast::error_code error) {
    self->accepted(error);
  });
}

void websocket_session::accepted(beast::error_code error) {
  const auto before = std::move(arriving_);
  stream_.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
  if (error) return leave();
  out_->release_frames();
  if (before->close_when_accepted) send_close(*before->close_when_accepted);
  wake_at(watch_.next_look(stream_.next_layer().heard_at(), std::nullopt));
  read();
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
  beast::error_code ignored;
  static_cast<void>(out_->socket().shutdown(tcp_socket::shutdown_send, ignored));
}

void websocket_session::deliver(const proto::frame& frame) {
  if (closing_) return;
  if (!out_->append_frame(frame)) close_slow_peer();
}

void websocket_session::stalled(time_point since) {
  wake_at(since + peer_watch::stall_max);
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
  stream_.async_close(why, [self = shared_from_this()](beast::error_code) { self->leave(); });
}

void websocket_session::resume_reading() {
  paused_ = false;
  resumed_at_ = out_->home().now();
  if (!arriving_ && !closing_ && !reading_) read();
}

/// Who is not read cannot be silent.
websocket_session::time_point websocket_session::heard_at(time_point now) {
  return paused_ ? now : std::max(stream_.next_layer().heard_at(), resumed_at_);
}

void websocket_session::read() {
  reading_ = !paused_;
  if (paused_) return;
  stream_.async_read_some(stream_.next_layer().space(),
                          [self = shared_from_this()](beast::error_code error, std::size_t size) {
                            if (error) return self->leave();
                            self->received(size);
                            self->read();
                          });
}

void websocket_session::received(std::size_t size) {
  const std::string_view part(stream_.next_layer().space_data(), size);
  if (!stream_.is_message_done()) {
    partial_.append(part);
  } else if (partial_.empty()) {
    hear(part);
  } else {
    partial_.append(part);
    hear(std::exchange(partial_, {}));
  }
}

void websocket_session::hear(std::string_view payload) {
  if (hearing_) hearing_ = to_->heard(stream_.got_binary(), payload);
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
  switch (watch_.look(now, heard, out_->stalled_since())) {
    case peer_watch::verdict::nothing:
      break;
    case peer_watch::verdict::ping:
      if (!closing_) out_->append_frame(ping_frame());
      break;
    case peer_watch::verdict::silent:
      leave();
      close(going_away, "Nothing has been heard from you for a minute.");
      break;
    case peer_watch::verdict::stalled:
      if (!closing_) close_slow_peer();
      break;
  }
  wake_at(std::min(end_at_, watch_.next_look(heard, out_->stalled_since())));
}

}  // namespace innkeeper::transport
