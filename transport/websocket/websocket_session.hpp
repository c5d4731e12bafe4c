#pragma once

#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "health/monitor.hpp"
#include "transport/limits/admission_control.hpp"
#include "transport/limits/peer_watch.hpp"
#include "transport/limits/rate_guard.hpp"
#include "transport/loop/read_poll.hpp"
#include "transport/loop/timer_queue.hpp"
#include "transport/websocket/client_connection.hpp"
#include "transport/websocket/counterpart.hpp"
#include "transport/websocket/outbox_stream.hpp"
#include "transport/websocket/upgrade_request.hpp"

/// One client's WebSocket. It reads messages for its counterpart, writes the frames that the
/// gateway delivers, and ends the connection when the client is gone or does not read. Beast does
/// handshake, framing, UTF-8, control frames and closing. A session lives on the loop of its room
/// or object.
///
/// A session is a state machine:
///
///     arriving --> answering --> open_stream <--> open_plain
///        |             |              |               |
///        +--> gone <---+              +-------+-------+
///                                             |
///                             half_closed <---+---> closing
///                                  |                   ^
///                                  +-------------------+
///
/// The end of the loop leads from every state to `gone`. websocket_session.cpp has the transitions
/// in the order of a connection's life. websocket_reading.cpp turns the bytes that come into
/// messages.
namespace innkeeper::transport {

class websocket_session final : public client_connection,
                                public timer_handler,
                                public outbox::owner,
                                public byte_watcher,
                                public read_poll::reader,
                                public std::enable_shared_from_this<websocket_session> {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  struct origin {
    std::unique_ptr<counterpart> to;
    http_request request;
    /// The socket's share of the limits on sockets.
    connection_slot place;
    /// What the client sent behind its request.
    std::string read_ahead;
    /// Messages may be packed, if the client offers that.
    bool may_deflate = false;
  };

  /// Takes the socket over. Limits and monitor outlive this.
  websocket_session(loop& home, int socket, origin from, const connection_limits& limits,
                    health::monitor& health);
  ~websocket_session() override;
  websocket_session(const websocket_session&) = delete;
  websocket_session& operator=(const websocket_session&) = delete;

  /// Tells the counterpart that a client has arrived.
  void start();

  // client_connection
  void accept() override;
  void refuse(unsigned int status, const std::string& sentence) override;
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void deliver(const proto::frame& frame) override;
  void role_changed(proto::role now) override { is_admin_ = now == proto::role::admin; }
  void close(std::uint16_t code, const std::string& reason) override;
  void prefetch_outbox() const override;

  // timer_handler
  void wake(time_point now) override;

  // outbox::owner
  void stalled(time_point since) override;
  void gives_up() override;

  // read_poll::reader
  bool readable() override;
  bool wants_bytes() override;
  void take(std::span<char> bytes) override;
  void poll_ends() override;
  void prefetch_its_own() const override;

  // byte_watcher
  void await_bytes() override;
  void bytes_came(std::size_t size) override;
  void closes_with(std::uint16_t code) override;

 private:
  using close_reason = boost::beast::websocket::close_reason;
  using stream = boost::beast::websocket::stream<outbox_stream, false>;
  /// A stream takes more memory than the rest of a connection, and more time for each message.
  using stream_pointer = std::unique_ptr<stream>;
  using close_pointer = std::unique_ptr<close_reason>;

  struct handshake {
    http_request request;
    std::string read_ahead;
    bool may_deflate = false;
    close_pointer close_when_open;
  };

  /// The counterpart has neither accepted nor refused yet.
  struct arriving {
    std::unique_ptr<handshake> from;
  };
  /// The counterpart has accepted; the answer is being written.
  struct answering {
    stream_pointer stream;
    close_pointer close_when_open;
  };
  /// Only whole frames have come, or nothing for a while. They are parsed without a stream.
  struct open_plain {
    std::span<char> unparsed;
  };
  /// Beast reads, since something else has come: a part of a frame, a fragment, a ping, a close.
  struct open_stream {
    stream_pointer stream;
    /// A read of Beast's is pending.
    bool reading = false;
  };
  /// The client sends nothing any more, but has sent no close frame; it may still read.
  struct half_closed {
    /// Null if there was none.
    stream_pointer stream;
  };
  /// A close frame is being sent or has been sent. Nothing follows it, and messages are dropped.
  /// This state lasts until the session ends, since Beast's operations refer to the stream.
  struct closing {
    stream_pointer stream;
    /// The socket is closed then, whatever the client does.
    time_point end_at;
  };
  /// Nothing is sent or read any more: the client was refused, or the loop has ended.
  struct gone {};

  // ---- Transitions

  void accepted(boost::beast::error_code error);
  void use_stream();
  void release_idle_stream();
  void client_ended();
  void begin_closing(const close_reason& why);
  void teardown_begins();
  void enter_closing(stream_pointer its);
  /// Tells the counterpart first.
  void leave_and_close(std::uint16_t code, const std::string& reason);
  void close_slow_reader();
  void close_too_long();

  // ---- What the state says

  template <class State>
  bool is() const {
    return std::holds_alternative<State>(state_);
  }
  bool is_open() const { return is<open_plain>() || is<open_stream>(); }
  bool takes_messages() const { return is_open() && !asked_to_close_; }
  /// Where a close is kept until the handshake is over; null if that is over.
  close_pointer* close_when_open();
  /// A close frame is sent, or will be once the handshake is over; or nothing is sent any more.
  bool is_ending();
  /// Null if the state has none.
  stream* current_stream();
  stream_pointer take_stream();

  // ---- Streams

  stream_pointer make_stream(std::string read_ahead);
  /// A stream whose handshake is over and that reads first what has not been parsed yet.
  stream_pointer make_open_stream();
  void expect_deflated(stream& its);

  // ---- Reading

  void stop_awaiting_bytes();
  void abort_read();
  bool read_plain_frames();
  void parse_plain_frames(std::span<char> bytes);
  void read_stream();
  void has_read(boost::beast::error_code error, std::size_t size);
  void add_part(stream& from, std::size_t size);
  void handle_message(stream& from, std::string_view payload);
  void pass_on(bool binary, std::string_view payload);
  void unpack_and_pass_on(bool binary, std::string_view packed);
  void handle_control(boost::beast::websocket::frame_type kind, std::size_t payload_bytes);
  void handle_sign_of_life(std::size_t payload_bytes);
  bool sends_no_messages() const;
  void close_if_only_fragments();
  /// False if what came is over the rate and must have no effect.
  bool is_within_rate(std::size_t bytes, std::size_t messages = 1);

  // ---- Timeouts

  void look_at_handshake(time_point now);
  void look_at_client(time_point now);
  void end_if_due(time_point now);
  void wake_at(time_point due);
  time_point silent_since(time_point now);
  std::optional<time_point> stalled_since() const;
  peer_watch::patience patience() const;

  /// Tells the counterpart, once, that this client has left.
  void tell_left();

  std::unique_ptr<counterpart> to_;
  connection_slot place_;
  std::shared_ptr<outbox> out_;
  const connection_limits& limits_;
  health::monitor& health_;
  std::variant<arriving, answering, open_plain, open_stream, half_closed, closing, gone> state_;
  peer_watch watch_;
  rate_guard rate_;
  time_point last_read_at_;
  time_point resumed_at_ = time_point::min();
  /// When the earliest alarm rings.
  time_point wake_at_ = time_point::max();
  /// Bytes that came since the last whole message, control frames included.
  std::size_t since_message_ = 0;
  /// The read poll tells when there is something to read.
  bool is_in_poll_ = false;
  bool paused_ = false;
  bool has_sent_ = false;
  bool is_admin_ = false;
  /// permessage-deflate was agreed on.
  bool deflates_ = false;
  /// A message of the client's has asked for a close: what follows that message is dropped.
  bool asked_to_close_ = false;
  bool is_left_told_ = false;
};

}  // namespace innkeeper::transport
