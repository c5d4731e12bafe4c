#pragma once

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "proto/limits.hpp"
#include "transport/loop/loop.hpp"
#include "transport/socket/drain_input.hpp"
#include "transport/socket/outbox.hpp"
#include "transport/websocket/close_frames.hpp"
#include "transport/websocket/rsv1_filter.hpp"

/// The layer below beast::websocket::stream. What Beast writes (the handshake's answer, pongs,
/// closes) goes into the connection's outbox, between the shared frames and in order with them. A
/// buffer to read into is there only while there are bytes to read: a connection that waits holds
/// none. On the loop's thread.
namespace innkeeper::transport {

/// Where a message's bytes go, as a buffer sequence of one. It is empty while nothing comes. Beast
/// looks at it only when it has bytes to put there; by then the stream has filled it in.
class late_buffer {
 public:
  using value_type = boost::asio::mutable_buffer;
  using const_iterator = const value_type*;

  explicit late_buffer(const value_type& space) : space_(&space) {}

  const_iterator begin() const { return space_; }
  const_iterator end() const { return space_ + 1; }

 private:
  const value_type* space_;
};

/// Watches the socket for a stream that waits to read.
class byte_watcher {
 public:
  /// Calls outbox_stream::readable once there are bytes.
  virtual void await_bytes() = 0;
  /// So many bytes have been read.
  virtual void bytes_came(std::size_t size) = 0;
  /// This side begins to close, by a frame with this code.
  virtual void closes_with(std::uint16_t code) = 0;

 protected:
  ~byte_watcher() = default;
};

class outbox_stream {
 public:
  using executor_type = tcp_socket::executor_type;

  /// Bytes of one message that are read at a time.
  static constexpr std::size_t space_bytes = 4096;

  /// `read_ahead` has been read already; `watcher` outlives the stream.
  outbox_stream(std::shared_ptr<outbox> out, byte_watcher& watcher, std::string read_ahead)
      : out_(std::move(out)),
        watcher_(watcher),
        read_ahead_(std::move(read_ahead)),
        unaccounted_(read_ahead_.size()) {}

  /// Packed messages may come, whose marks Beast must not see.
  void expect_deflated() { marks_ = std::make_unique<rsv1_filter>(); }
  /// Whether the message that has just been read was packed, and as what. Call it once for each.
  rsv1_filter::mark next_mark() { return marks_ ? marks_->next() : rsv1_filter::mark::none; }

  /// Beast has read the client's close frame.
  void is_closed_by_peer() { closes_.is_answered(); }

  executor_type get_executor() { return out_->socket().get_executor(); }
  outbox& out() { return *out_; }

  /// What Beast reads into. The bytes in it stay from the end of one read to the next read.
  late_buffer space() const { return late_buffer(space_); }
  const char* space_data() const { return static_cast<const char*>(space_.data()); }

  /// The first part of a message whose end has not come yet.
  std::string& partial_message() { return partial_message_; }

  /// Whether Beast waits for bytes and does nothing else.
  bool is_waiting() const { return waiting_ != nullptr; }
  /// Whether Beast waits and holds nothing: neither a byte nor the state of a message that has
  /// begun.
  bool is_idle() const { return is_waiting() && unaccounted_ == 0; }
  /// Beast has read a message or a control frame, of so many bytes on the wire if it came in one
  /// frame. A message in several frames took more, so that this stream is never idle again.
  void account_for(std::size_t wire_bytes) { unaccounted_ -= std::min(unaccounted_, wire_bytes); }

  /// There are bytes to read, or none will come any more.
  void readable(boost::system::error_code error) {
    auto read = std::move(waiting_);
    if (!read) return;
    if (error) return read->complete(error, 0);
    const auto result = read_now(read->into);
    if (result.error == boost::asio::error::would_block) return wait_for_bytes(std::move(read));
    read->complete(result.error, result.size);
  }

  // Beast's synchronous functions serve one purpose: to make a stream that is open already, by
  // accepting a handshake whose answer goes nowhere.

  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, boost::system::error_code& error) {
    error = {};
    return boost::asio::buffer_size(buffers);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    return boost::asio::buffer_size(buffers);
  }
  template <class Buffers>
  std::size_t read_some(const Buffers&, boost::system::error_code& error) {
    error = boost::asio::error::would_block;
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers&) {
    throw boost::system::system_error(boost::asio::error::would_block);
  }

  /// Called once, when Beast begins to take the connection down.
  std::function<void()> on_teardown;

  /// Beast calls this to close the layer below its stream.
  friend void beast_close_socket(outbox_stream& stream) { stream.out_->socket().close(); }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(boost::system::error_code, std::size_t)>(
        [](auto done, outbox_stream* self, const Buffers& into) {
          if (self->read_ahead_.empty()) {
            self->begin_read(*boost::asio::buffer_sequence_begin(into), std::move(done));
          } else {
            self->make_space();
            self->complete(std::move(done), {}, self->take_read_ahead(into));
          }
        },
        handler, this, buffers);
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(boost::system::error_code, std::size_t)>(
        [](auto done, outbox_stream* self, const Buffers& from) {
          const auto size = boost::asio::buffer_size(from);  // Beast must see its own as written
          auto bytes = self->closes_.with_reason(boost::beast::buffers_to_string(from));
          if (const auto code = self->closes_.begins_close(bytes)) {
            self->watcher_.closes_with(*code);
          }
          // Beast reads on only when this is done. So what it writes (a pong, a close) comes
          // behind the answers to earlier messages and before the answers to later ones.
          auto kept = std::make_shared<decltype(done)>(std::move(done));
          self->out_->append_last(std::move(bytes), [self, size, kept](bool taken) {
            self->complete(std::move(*kept),
                           taken ? boost::system::error_code() : boost::asio::error::broken_pipe,
                           taken ? size : 0);
          });
        },
        handler, this, buffers);
  }

 private:
  using buffer = boost::asio::mutable_buffer;

  /// One read operation of Beast's that waits for bytes.
  struct waiting_read {
    explicit waiting_read(buffer space) : into(space) {}
    virtual ~waiting_read() = default;
    virtual void complete(boost::system::error_code error, std::size_t size) = 0;
    buffer into;
  };

  template <class Handler>
  struct waiting_read_of final : waiting_read {
    waiting_read_of(buffer space, Handler handler)
        : waiting_read(space), done(std::move(handler)) {}
    void complete(boost::system::error_code error, std::size_t size) override { done(error, size); }
    Handler done;
  };

  struct read_result {
    boost::system::error_code error;
    std::size_t size = 0;
  };

  template <class Handler>
  void begin_read(buffer into, Handler done) {
    if (more_expected_) {
      const auto result = read_now(into);
      if (result.error != boost::asio::error::would_block) {
        return complete(std::move(done), result.error, result.size);
      }
    }
    wait_for_bytes(std::make_unique<waiting_read_of<Handler>>(into, std::move(done)));
  }

  void wait_for_bytes(std::unique_ptr<waiting_read> read) {
    if (!is_in_space(read->into)) drop_space();
    waiting_ = std::move(read);
    watcher_.await_bytes();
  }

  read_result read_now(buffer into) {
    make_space();
    const std::span space(static_cast<char*>(into.data()), into.size());
    for (;;) {
      const auto size = out_->socket().receive(space);
      if (size > 0) {
        // Less than asked for: the kernel has no more at the moment.
        const auto come = space.first(static_cast<std::size_t>(size));
        more_expected_ = come.size() == space.size();
        unaccounted_ += come.size();
        watcher_.bytes_came(come.size());
        if (marks_) marks_->clear_marks(come);
        closes_.look_at(come);
        return {{}, come.size()};
      }
      if (size == 0) return {boost::asio::error::eof, 0};
      if (errno == EINTR) continue;
      more_expected_ = false;
      const bool later = errno == EAGAIN || errno == EWOULDBLOCK;
      if (later) return {boost::asio::error::would_block, 0};
      return {boost::system::error_code(errno, boost::system::system_category()), 0};
    }
  }

  void make_space() {
    if (!memory_) memory_ = std::make_unique<char[]>(space_bytes);
    space_ = buffer(memory_.get(), space_bytes);
  }

  void drop_space() {
    space_ = {};
    memory_.reset();
  }

  bool is_in_space(buffer into) const {
    const auto* begin = static_cast<const char*>(into.data());
    return memory_ && begin >= memory_.get() && begin < memory_.get() + space_bytes;
  }

  template <class Handler>
  void complete(Handler done, boost::system::error_code error, std::size_t size) {
    boost::asio::post(get_executor(),
                      boost::beast::bind_front_handler(std::move(done), error, size));
  }

  template <class Buffers>
  std::size_t take_read_ahead(const Buffers& into) {
    const buffer space = *boost::asio::buffer_sequence_begin(into);
    const auto size = boost::asio::buffer_copy(space, boost::asio::buffer(read_ahead_));
    const std::span come(static_cast<char*>(space.data()), size);
    if (marks_) marks_->clear_marks(come);
    closes_.look_at(come);
    read_ahead_.erase(0, size);
    if (read_ahead_.empty()) read_ahead_.shrink_to_fit();
    return size;
  }

  std::shared_ptr<outbox> out_;
  byte_watcher& watcher_;
  std::string read_ahead_;
  std::unique_ptr<char[]> memory_;
  buffer space_;
  std::string partial_message_;
  std::unique_ptr<waiting_read> waiting_;
  /// Null if no packed messages may come.
  std::unique_ptr<rsv1_filter> marks_;
  close_frames closes_;
  /// Bytes that came, without those of whole messages in one frame and of control frames.
  std::size_t unaccounted_;
  bool more_expected_ = false;
};

/// Beast's own teardown gives up as soon as anything is left to read. A client that sends too much
/// would then seldom read the close frame.
template <class Handler>
void drain(connected_socket& from, std::size_t bytes_max, std::shared_ptr<Handler> done) {
  from.wait(tcp_socket::wait_read, [&from, bytes_max, done](boost::beast::error_code error) {
    const auto size = error ? 0 : drain_input(from.descriptor());
    const auto taken = size.value_or(0);
    const bool over = size == 0U || taken >= bytes_max;
    if (!over) return drain(from, bytes_max - taken, done);
    from.close();
    (*done)(boost::beast::error_code());
  });
}

template <class Handler>
void async_teardown(boost::beast::role_type, outbox_stream& stream, Handler&& handler) {
  if (stream.on_teardown) std::exchange(stream.on_teardown, nullptr)();
  // The close frame has to be on its way before the socket shuts down.
  using handler_type = std::decay_t<Handler>;
  auto kept = std::make_shared<handler_type>(std::forward<Handler>(handler));
  stream.out().flush();
  stream.out().when_drained([&stream, kept] {
    auto& socket = stream.out().socket();
    socket.end_writing();
    drain(socket, proto::unread_bytes_max, kept);
  });
}

}  // namespace innkeeper::transport
