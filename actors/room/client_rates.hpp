#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "actors/room/room_message.hpp"
#include "proto/limits.hpp"
#include "proto/token_buckets.hpp"

/// What one client may do in all rooms together: make rooms, have its properties sent around, and
/// guess admin keys. One for the whole server: any thread.
namespace innkeeper::room {

class client_rates {
 public:
  explicit client_rates(const proto::limits& bounds);

  /// False if this network has made too many rooms lately. Network 0 is nobody in particular.
  bool take_new_room(std::uint64_t network, std::int64_t now_ms);

  /// False if what this connection has said lately took more bytes of properties along than it may
  /// send itself.
  bool take_properties(connection_id connection, std::size_t amount, std::int64_t now_ms);

  /// False if this connection or its network has sent too many wrong keys lately.
  bool may_try_key(connection_id connection, std::uint64_t network, std::int64_t now_ms);
  void wrong_key(connection_id connection, std::uint64_t network, std::int64_t now_ms);

 private:
  std::mutex mutex_;
  proto::token_buckets new_rooms_;
  proto::token_buckets properties_;
  proto::token_buckets keys_of_connection_;
  proto::token_buckets keys_of_network_;
};

}  // namespace innkeeper::room
