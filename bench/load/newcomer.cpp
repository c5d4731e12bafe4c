#include "bench/load/newcomer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "bench/load/clock.hpp"
#include "bench/load/dialect.hpp"

namespace innkeeper::bench {
namespace {

/// Of each read.
constexpr timeval silence_max{20, 0};

std::runtime_error failure(const std::string& what) {
  return std::runtime_error(what + ": " + std::strerror(errno) + ".");
}

/// It waits in each call.
class connection {
 public:
  explicit connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (socket_ < 0) throw failure("No further socket could be made (see ulimit -n)");
    const int on = 1;
    const linger reset{1, 0};
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &silence_max, sizeof silence_max);
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&server), sizeof server) == 0) return;
    ::close(socket_);
    throw failure("Cannot connect to 127.0.0.1 port " + std::to_string(port));
  }
  ~connection() { ::close(socket_); }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void say(std::string_view bytes) const {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) throw failure("The server does not take what is sent to it");
    if (static_cast<std::size_t>(sent) < bytes.size()) {
      throw std::runtime_error("The server has no room for a newcomer's first words.");
    }
  }

  void hear_more(std::string& heard) const {
    std::array<char, 4096> space;
    const auto got = ::recv(socket_, space.data(), space.size(), 0);
    if (got < 0) throw failure("The server says no more behind '" + heard + "'");
    if (got == 0) throw std::runtime_error("The server hung up; it had said: " + heard);
    heard.append(space.data(), static_cast<std::size_t>(got));
  }

 private:
  int socket_;
};

}  // namespace

/// What else comes (the handshake's answer, the config, the profile) does not look like the value,
/// so that it need not be taken apart.
std::int64_t wait_of_newcomer(std::uint16_t port, std::string_view room, std::string_view channel) {
  const auto event = channel.substr(0, channel.find(':'));
  const auto value_begins = R"({"type":")" + std::string(event) + '"';
  const auto words = upgrade_request(room) + subscribe_message(channel);
  const connection newcomer(port);
  std::string heard;
  const auto begun = now_ns();
  newcomer.say(words);
  while (heard.find(value_begins) == std::string::npos) newcomer.hear_more(heard);
  return now_ns() - begun;
}

}  // namespace innkeeper::bench
