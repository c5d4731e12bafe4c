#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <caf/actor.hpp>
#include <memory>
#include <optional>
#include <string>

#include "actors/room/room_message.hpp"
#include "transport/client_connection.hpp"
#include "transport/handshake.hpp"
#include "transport/outbox_stream.hpp"

/// One client's WebSocket: reads and parses what it says for the gateway, writes what the gateway
/// gives it. Beast does handshake, framing, UTF-8, control frames and closing. Lives on its room's
/// loop.
namespace innkeeper::transport {

class websocket_session final : public client_connection,
                                public std::enable_shared_from_this<websocket_session> {
 public:
  struct origin {
    room::connection_id id = 0;
    std::string room;
    std::string object_id;
    room::facts_ptr facts;
    http_request request;
    /// What the client sent behind its request.
    std::string read_ahead;
  };

  websocket_session(loop& home, tcp_socket socket, caf::actor gateway, origin from);

  /// Asks the gateway to be let in.
  void start();

  void accept() override;
  void refuse(unsigned int status, const std::string& sentence) override;
  void deliver(const proto::frame& frame) override;
  void close(std::uint16_t code, const std::string& reason) override;

 private:
  void read();
  void received();
  void send_close(const boost::beast::websocket::close_reason& why);
  /// Tells the gateway, once.
  void leave();
  /// Closes the socket if the peer takes too long to end the connection.
  void end_soon();

  caf::actor gateway_;
  origin from_;
  std::shared_ptr<outbox> out_;
  boost::beast::websocket::stream<outbox_stream, false> stream_;
  boost::beast::flat_buffer buffer_;
  std::unique_ptr<boost::asio::steady_timer> deadline_;
  /// The client asked to be closed: what it sends behind that is dropped.
  bool hearing_ = true;
  bool left_ = false;
  bool closing_ = false;
  bool accepted_ = false;
  std::optional<boost::beast::websocket::close_reason> close_when_accepted_;
};

}  // namespace innkeeper::transport
