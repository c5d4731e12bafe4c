#include "transport/gateway/broadcast_batch.hpp"

#include <utility>

namespace innkeeper::transport {

bool broadcast_batch::add(object_connections& in, const sockets::topic& to,
                          const proto::frame& what) {
  const auto size = what.wire().size();
  if (!what.state().empty() || size > frame_bytes_max) return false;
  if (empty()) {
    in_ = &in;
    to_ = to;
  } else if (in_ != &in || bytes_ + size > batch_bytes_max || !(to_ == to)) {
    return false;
  }
  frames_.push_back(what);
  bytes_ += size;
  return true;
}

proto::frame broadcast_batch::take() {
  bytes_ = 0;
  auto frames = std::exchange(frames_, {});
  return frames.size() == 1 ? std::move(frames.front()) : proto::frame::joined(std::move(frames));
}

}  // namespace innkeeper::transport
