// An hour like any other: people come, vote, talk, fall silent, leave. Memory and descriptors of
// the server have to stay where they are.
#pragma once

#include <chrono>
#include <cstdint>

#include <sys/types.h>

namespace innkeeper::floods {

/// Prints a line a minute. False if memory or descriptors have grown from the second sixth of the
/// time to the last by more than a tenth.
bool soak(std::uint16_t port, pid_t server, std::chrono::seconds duration);

}  // namespace innkeeper::floods
