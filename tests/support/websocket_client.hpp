// A WebSocket client for tests: every call does its work and returns, with a deadline, in the
// calling thread. Clients that share one io_context all go on receiving while one of them waits.
// Frames of the kind {"type":"ping"} are dropped unless asked for: the server sends them by the
// clock, and no story wants to depend on that.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

namespace innkeeper::testing {

/// What a client sees, in the order in which it came.
struct client_event {
  enum class kind { text, binary, pong, closed };
  kind what = kind::text;
  std::string payload;     // of a frame or a pong; the reason of a close
  std::uint16_t code = 0;  // of a close; 1006 if the connection ended without one

  std::string show() const;
};

/// The server's answer to an upgrade request.
struct upgrade_answer {
  unsigned status = 0;                         // 0: no HTTP answer at all
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  bool accepted() const { return status == 101; }
  std::string header(const std::string& name) const;
};

class websocket_client {
 public:
  explicit websocket_client(boost::asio::io_context& io, bool keep_pings = false);
  ~websocket_client();

  websocket_client(const websocket_client&) = delete;
  websocket_client& operator=(const websocket_client&) = delete;

  /// From the next connect on: permessage-deflate, as the server wants it.
  void offer_deflate();
  upgrade_answer connect(std::uint16_t port, const std::string& target,
                         const std::map<std::string, std::string>& headers = {});

  void send_text(std::string_view text);
  void send_binary(std::string_view bytes);
  /// One part of a text message; the next part goes on with it unless this one is the last.
  void send_fragment(std::string_view part, bool last);
  /// Bytes as they are, without any framing.
  void send_bytes(std::string_view bytes);
  void send_ping(std::string_view payload);
  /// The closing handshake; its end is an event like the others.
  void close(std::uint16_t code, const std::string& reason = "");
  /// Drops the connection without a word.
  void terminate();

  std::optional<client_event> next_event(std::chrono::milliseconds time);
  bool nothing_for(std::chrono::milliseconds time);
  /// Everything that has arrived and is not yet taken.
  std::deque<client_event>& events();

  bool is_open() const;
  std::uint16_t local_port() const;
  std::string session() const { return session_; }

 private:
  struct connection;

  boost::asio::io_context& io_;
  bool keep_pings_;
  bool offers_deflate_ = false;
  std::string session_;
  std::shared_ptr<connection> connection_;
};

}  // namespace innkeeper::testing
