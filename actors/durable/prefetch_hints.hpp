#pragma once

#include <array>
#include <cstddef>

#include "memory/prefetch.hpp"

/// Where the last message of a sender has been on its way to an object: each piece of memory tells
/// only where the next is, so that a message that comes to them anew waits for them one by one.
/// With this all of them are fetched at once, ahead of the sender's next message, which mostly goes
/// the same way. Addresses alone, that are never followed: what was there may have gone. A value:
/// any thread.
namespace innkeeper::durable {

struct prefetch_hints {
  /// What of each is worth fetching.
  static constexpr std::size_t piece_bytes = 128;

  std::array<const void*, 3> at_sink{};
  std::array<const void*, 3> at_directory{};

  void prefetch() const {
    for (const auto* each : at_sink) memory::prefetch(each, piece_bytes);
    for (const auto* each : at_directory) memory::prefetch(each, piece_bytes);
  }
};

}  // namespace innkeeper::durable
