#include "transport/websocket_session.hpp"

#include <boost/asio/buffers_iterator.hpp>
#include <boost/beast/http/write.hpp>
#include <caf/send.hpp>
#include <sstream>
#include <utility>

#include "proto/limits.hpp"
#include "transport/gateway.hpp"

namespace innkeeper::transport {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

/// How long a peer may take to answer a close frame.
constexpr std::chrono::seconds closing_max{2};
/// A buffer that has grown beyond this for a large message is given back.
constexpr std::size_t buffer_kept_max = 4096;
constexpr std::uint16_t try_again_later = 1013;  // RFC 6455 registry: the client is too slow

std::variant<proto::protocol_error, proto::client_message> parse(bool binary,
                                                                 std::string_view text) {
  if (binary) {
    return proto::protocol_error{proto::error_code::binary,
                                 "Binary messages are not understood; send JSON as text."};
  }
  return proto::parse_client_message(text);
}

}  // namespace

websocket_session::websocket_session(loop& home, tcp_socket socket, caf::actor gateway, origin from)
    : gateway_(std::move(gateway)),
      from_(std::move(from)),
      out_(std::make_shared<outbox>(home, std::move(socket))),
      stream_(out_, std::move(from_.read_ahead)) {
  stream_.read_message_max(proto::message_bytes_max);
}

void websocket_session::start() {
  caf::anon_send(gateway_, client_arrived{from_.id, shared_from_this(), from_.room, from_.facts});
}

void websocket_session::accept() {
  out_->hold_frames();
  stream_.set_option(websocket::stream_base::decorator(
      [cookie = session_cookie(from_.object_id, from_.facts->session),
       session = from_.facts->session](websocket::response_type& response) {
        response.set(http::field::server, "innkeeper");
        response.set(http::field::set_cookie, cookie);
        response.set("X-Session-Id", session);
      }));
  stream_.control_callback([this](websocket::frame_type, beast::string_view) {
    caf::anon_send(gateway_, client_alive{from_.id});
  });
  stream_.next_layer().on_teardown = [this] {
    leave();
    end_soon();
  };
  stream_.async_accept(from_.request, [self = shared_from_this()](beast::error_code error) {
    self->from_.request = {};
    if (error) return self->leave();
    self->accepted_ = true;
    self->out_->release_frames();
    if (self->close_when_accepted_) self->send_close(*self->close_when_accepted_);
    self->read();
  });
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
  if (closing_ || out_->append_frame(frame.shared())) return;
  leave();
  close(try_again_later, "Too much is waiting to be read.");
}

void websocket_session::close(std::uint16_t code, const std::string& reason) {
  if (std::exchange(closing_, true)) return;
  hearing_ = false;
  const websocket::close_reason why(static_cast<websocket::close_code>(code), reason);
  if (accepted_) {
    send_close(why);
  } else {
    close_when_accepted_ = why;  // Beast is no server before: it would mask the frame
  }
}

void websocket_session::send_close(const websocket::close_reason& why) {
  end_soon();
  stream_.async_close(why, [self = shared_from_this()](beast::error_code) { self->leave(); });
}

void websocket_session::read() {
  stream_.async_read(buffer_, [self = shared_from_this()](beast::error_code error, std::size_t) {
    if (error) return self->leave();
    self->received();
    self->read();
  });
}

void websocket_session::received() {
  const auto bytes = buffer_.data();
  if (hearing_) {
    client_said said{from_.id, parse(stream_.got_binary(),
                                     {static_cast<const char*>(bytes.data()), bytes.size()})};
    if (const auto* message = std::get_if<proto::client_message>(&said.message)) {
      hearing_ = !std::holds_alternative<proto::close_message>(message->body);
    }
    caf::anon_send(gateway_, std::move(said));
  }
  buffer_.consume(buffer_.size());
  if (buffer_.capacity() > buffer_kept_max) buffer_.shrink_to_fit();
}

void websocket_session::leave() {
  if (std::exchange(left_, true)) return;
  caf::anon_send(gateway_, client_left{from_.id});
}

void websocket_session::end_soon() {
  if (deadline_) return;
  deadline_ = std::make_unique<boost::asio::steady_timer>(stream_.get_executor(), closing_max);
  deadline_->async_wait([self = weak_from_this()](beast::error_code) {
    const auto session = self.lock();
    if (!session) return;
    session->out_->give_up();
  });
}

}  // namespace innkeeper::transport
