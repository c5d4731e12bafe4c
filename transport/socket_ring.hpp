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
/// was opened.
namespace innkeeper::transport {

class socket_ring {
 public:
  /// Null if the kernel has none to give: it is old, or a sandbox forbids it as Docker's does.
  static std::unique_ptr<socket_ring> open();
  ~socket_ring();
  socket_ring(const socket_ring&) = delete;
  socket_ring& operator=(const socket_ring&) = delete;

  /// How many go together at most: enough for the way into the kernel to cost nothing each, few
  /// enough for what the first of them has touched to be still in the cache behind the last.
  static constexpr unsigned int operations_max = 256;

  bool is_full() const { return tags_.size() == operations_max; }

  /// Bytes and space have to stay where they are until perform_all. `tag` says in the answer which
  /// operation it is.
  void add_write(int socket, std::string_view bytes, std::uint64_t tag);
  void add_read(int socket, std::span<char> space, std::uint64_t tag);

  /// Writes and reads what the sockets take and give without waiting, and tells of each operation
  /// how many bytes that was, or with -errno why it was none; a read of 0 is the peer's end. `done`
  /// may close sockets, and may not add operations. False if the kernel has stopped working for
  /// this ring: what was not done says -EAGAIN, and the ring is to be thrown away.
  bool perform_all(const std::function<void(std::uint64_t tag, int result)>& done);

 private:
  socket_ring() = default;
  void add(io_uring_sqe* entry, std::uint64_t tag);
  std::size_t take_answers();

  io_uring ring_{};
  std::vector<std::uint64_t> tags_;
  std::vector<int> results_;
};

}  // namespace innkeeper::transport
