#include "transport/door.hpp"

namespace innkeeper::transport {
namespace {

constexpr std::int64_t second_ms = 1000;

}  // namespace

door::place& door::place::operator=(place&& other) noexcept {
  std::swap(of_, other.of_);
  std::swap(counted_, other.counted_);
  std::swap(network_, other.network_);
  return *this;
}

door::place::~place() {
  if (of_) of_->leave(*this);
}

bool door::place::may_send(std::int64_t now_ms, std::size_t messages, std::size_t bytes) const {
  return network_ == 0 || of_->may_send(network_, now_ms, messages, bytes);
}

door::door(const proto::limits& bounds, std::size_t sockets_max)
    : sockets_max_(sockets_max),
      of_network_max_(bounds.address_sockets),
      arrivals_(bounds.address_connects, second_ms, bounds.address_connects_burst),
      requests_(bounds.address_requests, second_ms, bounds.address_requests_burst),
      messages_(bounds.messages_per_second * proto::connections_at_full_rate, second_ms,
                bounds.messages_burst * proto::connections_at_full_rate),
      bytes_(bounds.bytes_per_second * proto::connections_at_full_rate, second_ms,
             bounds.bytes_burst * proto::connections_at_full_rate) {}

std::optional<door::refusal> door::enter(place& socket) {
  const std::lock_guard lock(mutex_);
  if (proto::is_over(sockets_ + 1, sockets_max_)) return refusal::server_full;
  ++sockets_;
  socket.of_ = shared_from_this();
  socket.counted_ = true;
  return std::nullopt;
}

std::optional<door::refusal> door::enter_as(std::uint64_t network, std::int64_t now_ms,
                                            place& socket) {
  const std::lock_guard lock(mutex_);
  if (!arrivals_.take(network, now_ms)) return refusal::too_fast;
  if (socket.network_ == network) return std::nullopt;
  auto& count = of_network_[network];
  if (proto::is_over(count + 1, of_network_max_)) return refusal::too_many_of_address;
  ++count;
  if (socket.network_ != 0) leave_network(socket.network_);
  socket.of_ = shared_from_this();
  socket.network_ = network;
  return std::nullopt;
}

bool door::may_ask(std::uint64_t network, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  return requests_.take(network, now_ms);
}

bool door::may_get(std::uint64_t network, std::int64_t now_ms, std::size_t requests) {
  const std::lock_guard lock(mutex_);
  return requests_.take_or_owe(network, now_ms, requests);
}

bool door::may_send(std::uint64_t network, std::int64_t now_ms, std::size_t messages,
                    std::size_t bytes) {
  if (!bytes_.is_limited() && !messages_.is_limited()) return true;
  const std::lock_guard lock(mutex_);
  return bytes_.take(network, now_ms, bytes) && messages_.take(network, now_ms, messages);
}

void door::leave(const place& socket) {
  const std::lock_guard lock(mutex_);
  if (socket.counted_) --sockets_;
  if (socket.network_ != 0) leave_network(socket.network_);
}

void door::leave_network(std::uint64_t network) {
  const auto found = of_network_.find(network);
  if (found != of_network_.end() && --found->second == 0) of_network_.erase(found);
}

}  // namespace innkeeper::transport
