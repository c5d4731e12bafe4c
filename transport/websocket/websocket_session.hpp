#pragma once

#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "health/monitor.hpp"
#include "transport/limits/admission_control.hpp"
#include "transport/limits/peer_watch.hpp"
#include "transport/limits/rate_meter.hpp"
#include "transport/loop/read_poll.hpp"
#include "transport/loop/timer_queue.hpp"
#include "transport/websocket/client_connection.hpp"
#include "transport/websocket/counterpart.hpp"
#include "transport/websocket/outbox_stream.hpp"
#include "transport/websocket/upgrade_request.hpp"

/// One client's WebSocket: reads what it says for its counterpart, writes what it is given by the
/// gateway there, and ends the connection when the peer is gone or does not read. Beast does
/// handshake, framing, UTF-8, control frames and closing. Lives on the loop of its room or object.
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
    /// What the socket takes up of the limits on sockets.
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

  /// Asks to be let in.
  void start();

  void accept() override;
  void refuse(unsigned int status, const std::string& sentence) override;
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void deliver(const proto::frame& frame) override;
  void role_changed(proto::role now) override { is_admin_ = now == proto::role::admin; }
  void close(std::uint16_t code, const std::string& reason) override;

  void wake(time_point now) override;
  void stalled(time_point since) override;
  void gives_up() override;
  bool readable() override;
  bool wants_bytes() override;
  void take(std::span<char> bytes) override;
  void poll_ends() override;
  void prefetch_outbox() const override;
  void prefetch_its_own() const override;
  void await_bytes() override;
  void bytes_came(std::size_t size) override;
  void closes_with(std::uint16_t code) override;

 private:
  using close_reason = boost::beast::websocket::close_reason;

  /// What is needed only until the upgrade is answered.
  struct arrival {
    http_request request;
    bool may_deflate = false;
    std::optional<close_reason> close_when_accepted;
  };

  using stream = boost::beast::websocket::stream<outbox_stream, false>;

  void accepted(boost::beast::error_code error);
  void open_stream(std::string read_ahead);
  void expect_deflated();
  void doze_if_settled();
  void rouse();
  bool read_plainly();
  void hear_plainly(std::span<char> bytes);
  void stop_awaiting_bytes();
  void abort_read();
  void heard_control(boost::beast::websocket::frame_type kind, std::size_t payload_bytes);
  void heard_sign_of_life(std::size_t payload_bytes);
  void read();
  void received(std::size_t size);
  void hear(std::string_view payload);
  void hear_message(bool binary, std::string_view payload);
  void hear_packed(bool binary, std::string_view packed);
  void close_too_long();
  bool sends_no_messages() const;
  void close_if_only_fragments();
  /// False if what came may have no effect.
  bool is_within_rate(std::size_t bytes, std::size_t messages = 1);
  void send_close(const close_reason& why);
  void close_slow_peer();
  /// Tells the counterpart, once.
  void leave();
  /// Closes the socket if the peer takes too long to end the connection.
  void end_soon();
  void wake_at(time_point due);
  time_point heard_at(time_point now);
  std::optional<time_point> stalled_since() const;
  /// When the socket is closed whatever the peer does; the end of time if nothing ends it yet.
  time_point ends_at() const;
  peer_watch::patience patience() const;

  std::unique_ptr<counterpart> to_;
  connection_slot place_;
  /// Null once the upgrade is answered.
  std::unique_ptr<arrival> arriving_;
  std::shared_ptr<outbox> out_;
  const connection_limits& limits_;
  health::monitor& health_;
  /// Not there while nothing but plain frames comes: it takes more memory than all else together,
  /// and longer to read.
  std::optional<stream> stream_;
  /// What has been read without a stream and not been dealt with.
  std::span<char> unheard_;
  peer_watch watch_;
  rate_guard rate_;
  time_point heard_at_;
  /// Bytes that came, but for those of whole messages in one frame and of control frames. While it
  /// is 0 Beast holds nothing: neither a byte nor the state of a message that has begun.
  std::size_t unaccounted_ = 0;
  /// Bytes that came since the last whole message, control frames included.
  std::size_t since_message_ = 0;
  /// The earliest alarm that is set.
  time_point wake_at_ = time_point::max();
  /// Set once the connection is ending.
  time_point end_at_ = time_point::max();
  /// The client asked to be closed: what it sends behind that is dropped.
  bool hearing_ = true;
  /// A read is under way.
  bool reading_ = false;
  bool paused_ = false;
  time_point resumed_at_ = time_point::min();
  /// The loop tells when there is something to read.
  bool awaiting_bytes_ = false;
  bool has_spoken_ = false;
  bool is_admin_ = false;
  /// permessage-deflate was agreed on.
  bool deflates_ = false;
  bool left_ = false;
  bool closing_ = false;
};

}  // namespace innkeeper::transport
