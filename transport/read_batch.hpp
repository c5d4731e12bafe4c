#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "transport/socket_ring.hpp"

/// What has come for several sockets, read by one call to the kernel. On the loop's thread.
namespace innkeeper::transport {

class read_batch {
 public:
  /// Few enough for what the first of them has brought to be in the cache still when it is heard.
  static constexpr std::size_t sockets_max = 32;
  /// What one socket may say before it is the others' turn.
  static constexpr std::size_t bytes_max = std::size_t{16} * 1024;

  /// Null if `ring` is.
  static std::unique_ptr<read_batch> by(std::unique_ptr<socket_ring> ring);

  /// Forgets what has been read, and begins anew.
  void clear() { sockets_.fill(none); }
  /// `place`: which of the batch it is, below sockets_max.
  void add(int socket, std::size_t place);
  void read();
  /// Not once the kernel has stopped working for it: then nothing can be added. What has been read
  /// is there still.
  bool works() const { return ring_ != nullptr; }
  /// What was read at this place. If nothing was, the socket's next read says why.
  std::span<char> bytes(std::size_t place) const;
  /// What was read from this socket is nobody's: it is going to be closed.
  void forget(int socket);

 private:
  static constexpr int none = -1;

  explicit read_batch(std::unique_ptr<socket_ring> ring);
  char* space(std::size_t place) const { return space_.get() + place * bytes_max; }

  std::unique_ptr<socket_ring> ring_;
  /// Memory that nothing is read into is never touched, and takes none.
  std::unique_ptr<char[]> space_;
  std::array<int, sockets_max> sockets_;
  std::array<std::size_t, sockets_max> sizes_{};
};

}  // namespace innkeeper::transport
