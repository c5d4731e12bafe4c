#include "transport/socket/drain_input.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace innkeeper::transport {

std::optional<std::size_t> drain_input(int socket) {
  constexpr std::size_t bytes_max = std::size_t{64} * 1024;  // of one call; there may be others
  // Linux does not even copy it then, tcp(7). ThreadSanitizer believes that it does, so that it has
  // to have a place of this thread's own.
  std::array<char, bytes_max> untouched;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const auto size = ::recv(socket, untouched.data(), bytes_max, MSG_TRUNC | MSG_DONTWAIT);
  if (size >= 0) return static_cast<std::size_t>(size);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return std::nullopt;
  return 0;
}

}  // namespace innkeeper::transport
