#include "transport/loop/read_batch.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace innkeeper::transport {

std::unique_ptr<read_batch> read_batch::open() {
  auto ring = socket_ring::open(sockets_max);
  if (!ring) return nullptr;
  return std::unique_ptr<read_batch>(new read_batch(std::move(ring)));
}

read_batch::read_batch(std::unique_ptr<socket_ring> ring)
    : ring_(std::move(ring)),
      space_(std::make_unique_for_overwrite<char[]>(sockets_max * bytes_max)) {
  clear();
}

void read_batch::clear() {
  sockets_.fill(none);
  sizes_.fill(0);
}

void read_batch::add(int socket, std::size_t place) {
  sockets_.at(place) = socket;
}

void read_batch::read() {
  const auto left_out = static_cast<std::size_t>(std::ranges::count(sockets_, none));
  if (!ring_ || sockets_max - left_out < sockets_min) return;
  for (std::size_t place = 0; place < sockets_max; ++place) {
    const auto socket = sockets_.at(place);
    if (socket != none) ring_->add_read(socket, {space(place), bytes_max}, place);
  }
  const bool working = ring_->perform_all([this](std::uint64_t place, int result) {
    sizes_.at(place) = static_cast<std::size_t>(std::max(result, 0));
  });
  if (!working) ring_.reset();
}

std::span<char> read_batch::bytes(std::size_t place) const {
  return {space(place), sizes_.at(place)};
}

void read_batch::forget(int socket) {
  for (std::size_t place = 0; place < sockets_max; ++place) {
    if (sockets_.at(place) == socket) sizes_.at(place) = 0;
  }
}

}  // namespace innkeeper::transport
