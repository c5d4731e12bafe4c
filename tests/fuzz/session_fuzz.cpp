// Bytes into a WebSocket session that echoes, over a real socket: what comes out is frames that a
// client may believe, the same in whatever pieces the bytes came, and the session ends with its
// peer.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proto/json_text.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "transport/websocket/websocket_session.hpp"

namespace innkeeper::fuzz {
namespace {

namespace http = boost::beast::http;
using transport::loop;

constexpr std::size_t message_bytes_max = 2000;

/// What the session heard and sent.
struct record {
  std::vector<std::pair<bool, std::string>> heard;
  std::string sent;
  friend bool operator==(const record&, const record&) = default;
};

class echo final : public transport::counterpart {
 public:
  explicit echo(record& into) : into_(into) {}

  void arrived(std::shared_ptr<transport::client_connection> client) override {
    client_ = client;
    client->accept();
  }
  bool heard(bool binary, std::string_view payload) override {
    into_.heard.emplace_back(binary, payload);
    const auto client = client_.lock();
    client->deliver(binary ? proto::frame::binary(payload) : proto::frame(payload));
    return true;
  }
  void alive() override {}
  void left() override {}
  void add_to(boost::beast::http::fields&) override {}
  std::size_t message_bytes_max() const override { return fuzz::message_bytes_max; }
  bool is_rate_limited() const override { return false; }

 private:
  record& into_;
  std::weak_ptr<transport::client_connection> client_;
};

transport::http_request handshake() {
  transport::http_request request(http::verb::get, "/echo", 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::connection, "upgrade");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::sec_websocket_version, "13");
  request.set(http::field::sec_websocket_key, "AAAAAAAAAAAAAAAAAAAAAA==");
  request.set(http::field::sec_websocket_extensions, "permessage-deflate");
  return request;
}

/// Never ended: CAF's threads are not to meet the end of the process.
caf::actor_system& system() {
  static auto& config = *new caf::actor_system_config;
  static auto& made = *new caf::actor_system(config);
  return made;
}

class visit {
 public:
  explicit visit(bool may_deflate) {
    std::array<int, 2> ends{};
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0, "a socket");
    peer_ = ends[0];
    transport::websocket_session::origin from;
    from.to = std::make_unique<echo>(record_);
    from.request = handshake();
    from.may_deflate = may_deflate;
    const auto session = std::make_shared<transport::websocket_session>(
        home_, ends[1], std::move(from), limits_, monitor_);
    session_ = session;
    session->start();
    settle();
  }
  ~visit() { ::close(peer_); }
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;

  void say(std::string_view bytes) {
    static_cast<void>(::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    settle();
  }

  record end() {
    ::shutdown(peer_, SHUT_WR);
    settle();
    require(session_.expired(), "a session ends with its peer");
    return std::move(record_);
  }

 private:
  void settle() {
    std::array<char, 4096> bytes;
    // The end of a turn may bring something for the next.
    int quiet_turns = 0;
    while (quiet_turns < 2) {
      ++quiet_turns;
      if (home_.turn() > 0) quiet_turns = 0;
      const auto size = ::recv(peer_, bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (size <= 0) continue;
      record_.sent.append(bytes.data(), static_cast<std::size_t>(size));
      quiet_turns = 0;
    }
  }

  const transport::connection_limits limits_{};
  health::monitor monitor_;
  loop home_{system(), 0, {}};
  boost::asio::executor_work_guard<loop::executor> work_{home_.io().get_executor()};
  record record_;
  std::weak_ptr<transport::websocket_session> session_;
  int peer_ = -1;
};

/// RFC 6455 section 5 and 7.1.1, from a client's side.
void check_sent(std::string_view bytes, bool deflates) {
  const auto head_end = bytes.find("\r\n\r\n");
  require(bytes.starts_with("HTTP/1.1 101") && head_end != std::string_view::npos, "an answer");
  bytes.remove_prefix(head_end + 4);
  bool closed = false;
  while (!bytes.empty()) {
    require(!closed, "nothing follows a close");
    require(bytes.size() >= 2, "a head is whole");
    const auto first = static_cast<unsigned char>(bytes[0]);
    std::size_t size = static_cast<unsigned char>(bytes[1]);
    const unsigned opcode = first & 15U;
    require((first & 0x80U) != 0 && (first & 0x30U) == 0, "frames are whole messages");
    require((first & 0x40U) == 0 || (deflates && opcode <= 2), "and packed by agreement");
    require(opcode == 1 || opcode == 2 || opcode == 8 || opcode == 10, "of a kind that we send");
    require(size <= 126 && (opcode <= 2 || size <= 125), "not masked, nor long");
    bytes.remove_prefix(2);
    if (size == 126) {
      require(bytes.size() >= 2, "a length is whole");
      size = static_cast<unsigned char>(bytes[0]) * 256U + static_cast<unsigned char>(bytes[1]);
      bytes.remove_prefix(2);
    }
    require(bytes.size() >= size, "a payload is whole");
    const auto payload = bytes.substr(0, size);
    const bool plain_text = opcode == 1 && (first & 0x40U) == 0;
    require(!plain_text || proto::is_utf8(payload), "text is UTF-8");
    closed = opcode == 8;
    bytes.remove_prefix(size);
  }
}

/// The first byte says whether to agree on deflate, the second how long pieces are.
void check(std::string_view bytes) {
  if (bytes.size() < 2) return;
  const bool deflates = (static_cast<unsigned char>(bytes[0]) & 1U) != 0;
  const std::size_t piece = static_cast<unsigned char>(bytes[1]) % 64U + 1;
  bytes.remove_prefix(2);
  visit whole(deflates);
  whole.say(bytes);
  const auto at_once = whole.end();
  check_sent(at_once.sent, deflates);
  for (const auto& [binary, payload] : at_once.heard) {
    require(payload.size() <= message_bytes_max, "a message is bounded");
    require(binary || proto::is_utf8(payload), "text that is heard is UTF-8");
  }
  visit cut(deflates);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    cut.say(bytes.substr(0, piece));
  }
  require(cut.end() == at_once, "pieces make no difference");
}

}  // namespace
}  // namespace innkeeper::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  innkeeper::fuzz::check(innkeeper::fuzz::as_text(data, size));
  return 0;
}
