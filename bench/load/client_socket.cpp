#include "bench/load/client_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace innkeeper::bench {

std::runtime_error failure(const std::string& what) {
  return std::runtime_error(what + ": " + std::strerror(errno) + ".");
}

int client_socket(int flags) {
  const int made = ::socket(AF_INET, SOCK_STREAM | flags, 0);
  if (made < 0) throw failure("No further socket could be made (see ulimit -n)");
  const int on = 1;
  const linger reset{1, 0};
  static_cast<void>(::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  static_cast<void>(::setsockopt(made, SOL_SOCKET, SO_LINGER, &reset, sizeof reset));
  return made;
}

int connect_to(std::uint16_t port, int socket) {
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&server), sizeof server);
}

}  // namespace innkeeper::bench
