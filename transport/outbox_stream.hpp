#pragma once

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "transport/outbox.hpp"

/// The layer below beast::websocket::stream: what Beast writes (the handshake's answer, pongs,
/// closes) goes into the connection's outbox, between the shared frames and in order with them. On
/// the loop's thread.
namespace innkeeper::transport {

class outbox_stream {
 public:
  using executor_type = tcp_socket::executor_type;
  using next_layer_type = tcp_socket;

  /// `read_ahead` is what was read behind the upgrade request.
  outbox_stream(std::shared_ptr<outbox> out, std::string read_ahead)
      : out_(std::move(out)), read_ahead_(std::move(read_ahead)) {}

  executor_type get_executor() { return out_->socket().get_executor(); }
  next_layer_type& next_layer() { return out_->socket(); }
  const next_layer_type& next_layer() const { return out_->socket(); }
  outbox& out() { return *out_; }

  /// Called once, when Beast begins to take the connection down.
  std::function<void()> on_teardown;

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(boost::system::error_code, std::size_t)>(
        [](auto done, outbox_stream* self, const Buffers& into) {
          if (self->read_ahead_.empty()) {
            self->out_->socket().async_read_some(into, std::move(done));
          } else {
            self->complete(std::move(done), {}, self->take_read_ahead(into));
          }
        },
        handler, this, buffers);
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(boost::system::error_code, std::size_t)>(
        [](auto done, outbox_stream* self, const Buffers& from) {
          auto bytes = boost::beast::buffers_to_string(from);
          const auto size = bytes.size();
          const bool taken = self->out_->append_bytes(std::move(bytes));
          self->complete(std::move(done),
                         taken ? boost::system::error_code() : boost::asio::error::broken_pipe,
                         taken ? size : 0);
        },
        handler, this, buffers);
  }

 private:
  template <class Handler>
  void complete(Handler done, boost::system::error_code error, std::size_t size) {
    boost::asio::post(get_executor(),
                      boost::beast::bind_front_handler(std::move(done), error, size));
  }

  template <class Buffers>
  std::size_t take_read_ahead(const Buffers& into) {
    const auto size = boost::asio::buffer_copy(into, boost::asio::buffer(read_ahead_));
    read_ahead_.erase(0, size);
    return size;
  }

  std::shared_ptr<outbox> out_;
  std::string read_ahead_;
};

template <class Handler>
void async_teardown(boost::beast::role_type role, outbox_stream& stream, Handler&& handler) {
  if (stream.on_teardown) std::exchange(stream.on_teardown, nullptr)();
  // The close frame has to be on its way before the socket shuts down.
  using handler_type = std::decay_t<Handler>;
  auto kept = std::make_shared<handler_type>(std::forward<Handler>(handler));
  stream.out().flush();
  stream.out().when_drained([role, &stream, kept] {
    boost::beast::websocket::async_teardown(role, stream.next_layer(), std::move(*kept));
  });
}

}  // namespace innkeeper::transport
