#pragma once

#include <cstddef>
#include <vector>

#include "actors/sockets/topic.hpp"
#include "proto/frame.hpp"
#include "transport/gateway/object_connections.hpp"

/// What one object says in a row to the subscribers of one channel: it goes to each of them as one
/// piece, which costs the kernel and the queues a fraction of as many pieces. Frames about a state
/// stay by themselves, for a slow reader is spared older ones. Plain data, no I/O. On the loop's
/// thread.
namespace innkeeper::transport {

class broadcast_batch {
 public:
  /// Larger frames gain nothing from being copied together, and together they stay well below what
  /// may wait for a socket. Nothing is refused at these.
  static constexpr std::size_t frame_bytes_max = std::size_t{4} * 1024;
  static constexpr std::size_t batch_bytes_max = std::size_t{32} * 1024;

  bool empty() const { return frames_.empty(); }

  /// False if this has to be told by itself or after what is in the batch.
  bool add(object_connections& in, const sockets::topic& to, const proto::frame& what);

  /// Whom it is for; only while there is something.
  object_connections& object() const { return *in_; }
  const sockets::topic& to() const { return to_; }
  std::size_t size() const { return frames_.size(); }

  /// All that was added as one, and empties the batch.
  proto::frame take();

 private:
  object_connections* in_ = nullptr;
  sockets::topic to_;
  std::vector<proto::frame> frames_;
  std::size_t bytes_ = 0;
};

}  // namespace innkeeper::transport
