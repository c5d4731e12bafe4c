#include "actors/room/client_rates.hpp"

namespace innkeeper::room {
namespace {

constexpr std::int64_t second_ms = 1'000;
constexpr std::int64_t minute_ms = 60'000;

}  // namespace

client_rates::client_rates(const proto::limits& bounds)
    : new_rooms_(bounds.address_rooms, minute_ms, bounds.address_rooms_burst),
      further_bytes_(bounds.bytes_per_second, second_ms, bounds.bytes_burst),
      further_bytes_of_network_(bounds.bytes_per_second * proto::connections_at_full_rate,
                                second_ms, bounds.bytes_burst * proto::connections_at_full_rate),
      keys_of_connection_(bounds.connection_wrong_keys, minute_ms, bounds.connection_wrong_keys),
      keys_of_network_(bounds.address_wrong_keys, minute_ms, bounds.address_wrong_keys) {}

bool client_rates::take_new_room(std::uint64_t network, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  return network == 0 || new_rooms_.take(network, now_ms);
}

bool client_rates::take_further_bytes(connection_id connection, std::uint64_t network,
                                      std::size_t amount, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  return further_bytes_.take(connection, now_ms, amount) &&
         (network == 0 || further_bytes_of_network_.take(network, now_ms, amount));
}

bool client_rates::may_try_key(connection_id connection, std::uint64_t network,
                               std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  return keys_of_connection_.has(connection, now_ms) &&
         (network == 0 || keys_of_network_.has(network, now_ms));
}

void client_rates::wrong_key(connection_id connection, std::uint64_t network, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  keys_of_connection_.take(connection, now_ms);
  if (network != 0) keys_of_network_.take(network, now_ms);
}

}  // namespace innkeeper::room
