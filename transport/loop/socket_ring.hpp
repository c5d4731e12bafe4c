#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

/// Writes to many sockets, or reads from many, by one call to the kernel (io_uring): a seventh of
/// what a write to a socket costs is the way into the kernel and back. On the thread by which it
/// was opened; it may end on another.
namespace innkeeper::transport {

class socket_ring {
 public:
  /// `operations_max`: how many may go together; more than a thousand gain nothing. Null if the
  /// kernel has none to give: it is old, or a sandbox forbids it as Docker's does.
  static std::unique_ptr<socket_ring> open(unsigned int operations_max);
  ~socket_ring();
  socket_ring(const socket_ring&) = delete;
  socket_ring& operator=(const socket_ring&) = delete;

  bool is_full() const { return tags_.size() == operations_max_; }

  /// For a ring that is not full. Bytes and space have to stay where they are until perform_all.
  /// `tag` says in the answer which operation it is.
  void add_write(int socket, std::string_view bytes, std::uint64_t tag);
  void add_read(int socket, std::span<char> space, std::uint64_t tag);

  /// Writes and reads what the sockets take and give without waiting, and tells of each operation
  /// how many bytes that was, or with -errno why it was none; a read of 0 is the peer's end. `done`
  /// may close sockets, and may not add operations. False if the kernel has stopped working for
  /// this ring: what was not done says -EAGAIN, and the ring is to be thrown away.
  bool perform_all(const std::function<void(std::uint64_t tag, int result)>& done);

 private:
  explicit socket_ring(unsigned int operations_max) : operations_max_(operations_max) {}
  void add(io_uring_sqe* entry, std::uint64_t tag);
  std::size_t take_answers();

  unsigned int operations_max_;
  io_uring ring_{};
  std::vector<std::uint64_t> tags_;
  std::vector<int> results_;
};

}  // namespace innkeeper::transport
