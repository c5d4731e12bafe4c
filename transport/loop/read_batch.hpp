#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "transport/loop/socket_ring.hpp"

/// What has come for several sockets, read by one call to the kernel. On the loop's thread.
namespace innkeeper::transport {

class read_batch {
 public:
  /// For fewer a call each is as cheap: they are left to themselves.
  static constexpr std::size_t sockets_min = 8;
  /// Few enough for what the first of them has brought to be in the cache still when it is heard.
  static constexpr std::size_t sockets_max = 32;
  /// Of one socket: few enough for all of them together to be heard within a part of a turn.
  static constexpr std::size_t bytes_max = std::size_t{8} * 1024;

  /// Null if the kernel has no way to do that.
  static std::unique_ptr<read_batch> open();

  /// Forgets what has been read, and begins anew.
  void clear();
  /// `place`: which of the batch it is, below sockets_max.
  void add(int socket, std::size_t place);
  /// Reads from those that have been added, if they are enough and the kernel still does it.
  void read();
  /// What was read at this place, until the next clear. Empty if nothing was: because nothing had
  /// come, the peer has closed, or the socket is broken, which its next read finds; or because it
  /// was left to itself.
  std::span<char> bytes(std::size_t place) const;
  /// What was read from this socket is nobody's: it is going to be closed.
  void forget(int socket);

 private:
  static constexpr int none = -1;

  explicit read_batch(std::unique_ptr<socket_ring> ring);
  char* space(std::size_t place) const { return space_.get() + place * bytes_max; }

  /// Null once the kernel has stopped working for it.
  std::unique_ptr<socket_ring> ring_;
  /// Memory that nothing is read into is never touched, and takes none.
  std::unique_ptr<char[]> space_;
  std::array<int, sockets_max> sockets_{};
  std::array<std::size_t, sockets_max> sizes_{};
};

}  // namespace innkeeper::transport
