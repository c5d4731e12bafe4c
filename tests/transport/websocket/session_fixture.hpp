#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "health/monitor.hpp"
#include "tests/support/paused_actors.hpp"
#include "tests/support/raw_frame.hpp"
#include "tests/transport/socket/socket_pair.hpp"
#include "transport/websocket/websocket_session.hpp"

/// A WebSocket session between a counterpart that keeps what it hears and a client in the test's
/// hand. The loop turns when the test says so, and alarms ring when the test calls wake().
namespace innkeeper::transport {

/// Keeps what it hears from its client.
struct recording final : counterpart {
  struct record {
    std::vector<std::string> messages;
    int left = 0;
  };

  explicit recording(record& its) : into(its) {}

  void arrived(std::shared_ptr<client_connection>) override {}
  bool heard(bool, std::string_view payload) override {
    into.messages.emplace_back(payload);
    return payload != "bye";  // by which a client asks to be closed
  }
  void alive() override {}
  void left() override { ++into.left; }
  void add_to(boost::beast::http::fields&) override {}
  std::size_t message_bytes_max() const override { return std::size_t{4} * 1024 * 1024; }
  bool is_rate_limited() const override { return false; }

  record& into;
};

class session_fixture {
 public:
  using seconds = std::chrono::seconds;

  explicit session_fixture(std::string read_ahead = "", const proto::limits& bounds = {})
      : limits_(bounds) {
    websocket_session::origin from;
    from.to = std::make_unique<recording>(heard);
    from.request = handshake();
    REQUIRE_FALSE(admission_->enter_as(client_network, 0, from.place));
    from.read_ahead = std::move(read_ahead);
    session =
        std::make_shared<websocket_session>(home_, ends_[0], std::move(from), limits_, monitor);
    session->start();
  }
  ~session_fixture() {
    session = nullptr;
    home_.reads().end();
    hang_up();
  }
  session_fixture(const session_fixture&) = delete;
  session_fixture& operator=(const session_fixture&) = delete;

  /// Accepted, and the answer to the handshake has been read.
  void open() {
    session->accept();
    settle();
    REQUIRE(sent.starts_with("HTTP/1.1 101"));
    sent.clear();
  }
  /// Open, and without a stream.
  void open_plain() {
    open();
    wake_after(seconds(1));
  }
  /// Open, and with a stream: a message has begun.
  void open_stream() {
    open();
    say(testing::bytes_of({testing::opcode::text, "be", false}));
  }

  void say(std::string_view bytes) {
    REQUIRE(::send(ends_[1], bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
    settle();
  }
  void say_text(std::string_view payload) {
    say(testing::bytes_of({testing::opcode::text, payload}));
  }
  void end_writing() {
    ::shutdown(ends_[1], SHUT_WR);
    settle();
  }
  void hang_up() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

  /// As the loop's alarm would, had so much time passed.
  void wake_after(seconds time) {
    session->wake(home_.now() + time);
    settle();
  }
  /// As the gateway does when the client has left. Whether nothing else keeps the session.
  bool is_let_go() {
    const std::weak_ptr<websocket_session> last = session;
    session = nullptr;
    settle();
    return last.expired();
  }

  /// The loop turns until nothing happens; what it sends is read.
  void settle() {
    int quiet_turns = 0;
    while (quiet_turns < 2) {
      ++quiet_turns;
      if (home_.turn() > 0) quiet_turns = 0;
      if (reads_ && read()) quiet_turns = 0;
    }
  }
  void stop_reading() { reads_ = false; }
  void go_on_reading() {
    reads_ = true;
    settle();
  }
  loop& home() { return home_; }

  std::vector<std::string> log;
  health::monitor monitor{
      [this](health::severity, const std::string& line) { log.push_back(line); }};
  recording::record heard;
  /// What the client has read, but for the answer to its handshake.
  std::string sent;
  bool saw_end = false;

 private:
  static http_request handshake() {
    namespace http = boost::beast::http;
    http_request request(http::verb::get, "/", 11);
    request.set(http::field::host, "localhost");
    request.set(http::field::connection, "upgrade");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::sec_websocket_version, "13");
    request.set(http::field::sec_websocket_key, "AAAAAAAAAAAAAAAAAAAAAA==");
    return request;
  }

  bool read() {
    std::array<char, 65536> bytes{};
    if (ends_[1] < 0 || saw_end) return false;
    const auto size = ::recv(ends_[1], bytes.data(), bytes.size(), MSG_DONTWAIT);
    saw_end = size == 0;
    if (size > 0) sent.append(bytes.data(), static_cast<std::size_t>(size));
    return size > 0;
  }

  static constexpr std::uint64_t client_network = 0x0000FFFF'C0000201;  // 192.0.2.1

  testing::paused_actors actors_;
  std::shared_ptr<admission_control> admission_ =
      std::make_shared<admission_control>(proto::limits(), 0);
  const connection_limits limits_;
  loop home_{actors_.system(), 0, {}};
  boost::asio::executor_work_guard<loop::executor> work_{home_.io().get_executor()};
  std::array<int, 2> ends_ = socket_pair();
  bool reads_ = true;

 public:
  std::shared_ptr<websocket_session> session;
};

/// An unmasked frame with a short payload, as a server sends it.
inline std::string frame_of(unsigned char first_byte, std::string_view payload) {
  std::string bytes{static_cast<char>(first_byte), static_cast<char>(payload.size())};
  return bytes.append(payload);
}
inline std::string text_frame(std::string_view payload) {
  return frame_of(0x81, payload);
}
inline std::string close_frame(std::uint16_t code, std::string_view reason) {
  return frame_of(0x88, testing::close_payload(code, reason));
}

}  // namespace innkeeper::transport
