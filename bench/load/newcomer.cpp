#include "bench/load/newcomer.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "bench/load/client_socket.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/dialect.hpp"

namespace innkeeper::bench {
namespace {

/// Of each read.
constexpr timeval silence_max{20, 0};

/// It waits in each call.
class connection {
 public:
  explicit connection(std::uint16_t port) : socket_(client_socket(SOCK_CLOEXEC)) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &silence_max, sizeof silence_max);
    if (connect_to(port, socket_) == 0) return;
    const auto why = failure("Cannot connect to 127.0.0.1 port " + std::to_string(port));
    ::close(socket_);
    throw why;
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
