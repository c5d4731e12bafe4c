#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

/// Writes to many sockets by one call to the kernel (io_uring): a seventh of what a write to a
/// socket costs is the way into the kernel and back. On the loop's thread, by which it was opened.
namespace innkeeper::transport {

class send_ring {
 public:
  /// Null if the kernel has none to give: it is old, or a sandbox forbids it as Docker's does.
  static std::unique_ptr<send_ring> open();
  ~send_ring();
  send_ring(const send_ring&) = delete;
  send_ring& operator=(const send_ring&) = delete;

  /// How many writes go together at most: enough for the way into the kernel to cost nothing each,
  /// few enough for what the first of them has touched to be still in the cache behind the last.
  static constexpr unsigned int writes_max = 256;

  bool is_full() const { return tags_.size() == writes_max; }

  /// `bytes` have to stay where they are until send_all. `tag` says in its answer which write it
  /// is.
  void add(int socket, std::string_view bytes, std::uint64_t tag);

  /// Writes what the sockets take without waiting, and tells of each write how much that was, or
  /// with -errno why it was nothing. `done` may close sockets, and may not add writes. False if the
  /// kernel has stopped working for this ring: what was not written says -EAGAIN, and the ring is
  /// to be thrown away.
  bool send_all(const std::function<void(std::uint64_t tag, int result)>& done);

 private:
  send_ring() = default;

  io_uring ring_{};
  std::vector<std::uint64_t> tags_;
  std::vector<int> results_;
};

}  // namespace innkeeper::transport
