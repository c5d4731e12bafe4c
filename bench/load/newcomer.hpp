#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Somebody who comes to a room for the first time. One thread.
namespace innkeeper::bench {

/// How long a newcomer waits for the first value of a channel, in nanoseconds: from the upgrade
/// request, which the subscription follows at once, on a socket that is connected already. The
/// connection is over then. Throws std::runtime_error with a sentence.
std::int64_t wait_of_newcomer(std::uint16_t port, std::string_view room, std::string_view channel);

}  // namespace innkeeper::bench
