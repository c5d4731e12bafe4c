#include "transport/unread.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace innkeeper::transport {

std::optional<std::size_t> throw_away_unread(int socket) {
  constexpr std::size_t bytes_max = std::size_t{64} * 1024;
  // Linux does not even copy it then, tcp(7).
  const auto size = ::recv(socket, nullptr, bytes_max, MSG_TRUNC | MSG_DONTWAIT);
  if (size >= 0) return static_cast<std::size_t>(size);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return std::nullopt;
  return 0;
}

}  // namespace innkeeper::transport
