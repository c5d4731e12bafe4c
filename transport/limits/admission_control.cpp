#include "transport/limits/admission_control.hpp"

#include "proto/limits.hpp"

namespace innkeeper::transport {
namespace {

constexpr std::int64_t second_ms = 1000;

void take_one_off(std::unordered_map<std::uint64_t, std::size_t>& counts, std::uint64_t key) {
  const auto found = counts.find(key);
  if (found != counts.end() && --found->second == 0) counts.erase(found);
}

}  // namespace

connection_slot& connection_slot::operator=(connection_slot&& other) noexcept {
  std::swap(of_, other.of_);
  std::swap(counted_, other.counted_);
  std::swap(network_, other.network_);
  return *this;
}

connection_slot::~connection_slot() {
  if (of_) of_->leave(*this);
}

admission_control::probation& admission_control::probation::operator=(probation&& other) noexcept {
  std::swap(of_, other.of_);
  std::swap(network_, other.network_);
  return *this;
}

admission_control::probation::~probation() {
  if (of_) of_->end_probation(network_);
}

bool connection_slot::may_send(std::int64_t now_ms, std::size_t messages, std::size_t bytes) const {
  return network_ == 0 || of_->may_send(network_, now_ms, messages, bytes);
}

admission_control::admission_control(const proto::limits& bounds, std::size_t sockets_max)
    : sockets_max_(sockets_max),
      of_network_max_(bounds.address_sockets),
      arrivals_(bounds.address_connects, second_ms, bounds.address_connects_burst),
      requests_(bounds.address_requests, second_ms, bounds.address_requests_burst),
      probations_(proto::probations_per_second, second_ms, proto::probations_burst),
      health_requests_(proto::health_requests_per_second, second_ms, proto::health_requests_burst),
      messages_(bounds.messages_per_second * proto::connections_at_full_rate, second_ms,
                bounds.messages_burst * proto::connections_at_full_rate),
      bytes_(bounds.bytes_per_second * proto::connections_at_full_rate, second_ms,
             bounds.bytes_burst * proto::connections_at_full_rate) {}

std::optional<admission_control::refusal> admission_control::enter(connection_slot& socket) {
  const std::lock_guard lock(mutex_);
  if (proto::is_over(sockets_ + 1, sockets_max_)) return refusal::server_full;
  ++sockets_;
  socket.of_ = shared_from_this();
  socket.counted_ = true;
  return std::nullopt;
}

std::optional<admission_control::refusal> admission_control::enter_as(std::uint64_t network,
                                                                      std::int64_t now_ms,
                                                                      connection_slot& socket) {
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

bool admission_control::enter_on_probation(std::uint64_t network, std::int64_t now_ms,
                                           probation& socket) {
  const std::lock_guard lock(mutex_);
  if (on_probation_ == proto::on_probation_max) return false;
  const auto found = of_network_on_probation_.find(network);
  const auto count = found == of_network_on_probation_.end() ? 0 : found->second;
  if (count == proto::of_network_on_probation_max || !probations_.take(network, now_ms))
    return false;
  ++on_probation_;
  of_network_on_probation_[network] = count + 1;
  socket.of_ = shared_from_this();
  socket.network_ = network;
  return true;
}

bool admission_control::may_ask_for_health(std::uint64_t network, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  return health_requests_.take(network, now_ms);
}

bool admission_control::may_ask(std::uint64_t network, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  return requests_.take(network, now_ms);
}

bool admission_control::may_get(std::uint64_t network, std::int64_t now_ms, std::size_t requests) {
  const std::lock_guard lock(mutex_);
  return requests_.take_or_owe(network, now_ms, requests);
}

bool admission_control::may_send(std::uint64_t network, std::int64_t now_ms, std::size_t messages,
                                 std::size_t bytes) {
  if (!bytes_.is_limited() && !messages_.is_limited()) return true;
  const std::lock_guard lock(mutex_);
  return bytes_.take(network, now_ms, bytes) && messages_.take(network, now_ms, messages);
}

void admission_control::leave(const connection_slot& socket) {
  const std::lock_guard lock(mutex_);
  if (socket.counted_) --sockets_;
  if (socket.network_ != 0) leave_network(socket.network_);
}

void admission_control::leave_network(std::uint64_t network) {
  take_one_off(of_network_, network);
}

void admission_control::end_probation(std::uint64_t network) {
  const std::lock_guard lock(mutex_);
  --on_probation_;
  take_one_off(of_network_on_probation_, network);
}

}  // namespace innkeeper::transport
