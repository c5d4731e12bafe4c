#include "transport/read_batch.hpp"

#include <algorithm>
#include <utility>

namespace innkeeper::transport {

static_assert(read_batch::sockets_max <= socket_ring::operations_max);

std::unique_ptr<read_batch> read_batch::by(std::unique_ptr<socket_ring> ring) {
  if (!ring) return nullptr;
  return std::unique_ptr<read_batch>(new read_batch(std::move(ring)));
}

read_batch::read_batch(std::unique_ptr<socket_ring> ring)
    : ring_(std::move(ring)),
      space_(std::make_unique_for_overwrite<char[]>(sockets_max * bytes_max)) {
  clear();
}

void read_batch::add(int socket, std::size_t place) {
  sockets_.at(place) = socket;
  sizes_.at(place) = 0;
  ring_->add_read(socket, {space(place), bytes_max}, place);
}

void read_batch::read() {
  const bool working = ring_->perform_all([this](std::uint64_t place, int result) {
    sizes_.at(place) = static_cast<std::size_t>(std::max(result, 0));
  });
  if (!working) ring_.reset();
}

std::span<char> read_batch::bytes(std::size_t place) const {
  if (sockets_.at(place) == none) return {};
  return {space(place), sizes_.at(place)};
}

void read_batch::forget(int socket) {
  std::ranges::replace(sockets_, socket, none);
}

}  // namespace innkeeper::transport
