#pragma once

#include <cstddef>

/// How fast and how much clients may send, and how much may wait for them. 0 is no limit. Made once
/// by the composition root: any thread.
namespace innkeeper::transport {

struct connection_limits {
  // ---- one connection
  /// That wait behind the frame being sent; more: closed with 1013.
  std::size_t waiting_bytes = std::size_t{4} * 1024 * 1024;
  /// Over it: error `rate_limited`, at most one a second; as much again as a burst: closed with
  /// 1008. Admins may send ten times as much.
  std::size_t messages_per_second = 100;
  std::size_t messages_burst = 500;
  std::size_t bytes_per_second = std::size_t{2} * 1024 * 1024;
  std::size_t bytes_burst = std::size_t{8} * 1024 * 1024;

  // ---- one room
  /// Of all its connections; over it: error `rate_limited`.
  std::size_t room_messages_per_second = 1'000;
  std::size_t room_messages_burst = 5'000;
  /// One more is answered 503.
  std::size_t room_sockets = 32'768;
};

/// By how much an admin may be faster than others.
inline constexpr std::size_t admin_factor = 10;

}  // namespace innkeeper::transport
