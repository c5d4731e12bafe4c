#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "actors/room/room_message.hpp"
#include "proto/limits.hpp"
#include "proto/token_buckets.hpp"

/// Limits each client over all rooms: new rooms, extra bytes written or sent because of its
/// messages, and wrong admin keys. One for the whole server: any thread.
namespace innkeeper::room {

class client_rates {
 public:
  explicit client_rates(const proto::limits& bounds);

  /// False if this network has made too many rooms lately. Network 0 is unknown and has no limit.
  bool take_new_room(std::uint64_t network, std::int64_t now_ms);

  /// False if recent messages of this connection or its network made the server write or send too
  /// many extra bytes. The bound is the number of bytes that they may send themselves.
  bool take_further_bytes(connection_id connection, std::uint64_t network, std::size_t amount,
                          std::int64_t now_ms);

  /// False if this connection or its network has sent too many wrong keys lately.
  bool may_try_key(connection_id connection, std::uint64_t network, std::int64_t now_ms);
  void wrong_key(connection_id connection, std::uint64_t network, std::int64_t now_ms);

 private:
  std::mutex mutex_;
  proto::token_buckets new_rooms_;
  proto::token_buckets further_bytes_;
  proto::token_buckets further_bytes_of_network_;
  proto::token_buckets keys_of_connection_;
  proto::token_buckets keys_of_network_;
};

}  // namespace innkeeper::room
