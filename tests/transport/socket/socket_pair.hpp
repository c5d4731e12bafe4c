#pragma once

#include <sys/socket.h>

#include <array>
#include <stdexcept>

namespace innkeeper::transport {

/// Two sockets that do not block, connected with each other. Theirs who asks to close.
inline std::array<int, 2> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) {
    throw std::runtime_error("no sockets");
  }
  return ends;
}

}  // namespace innkeeper::transport
