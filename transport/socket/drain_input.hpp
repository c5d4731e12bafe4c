#pragma once

#include <cstddef>
#include <optional>

/// What a peer goes on sending though nobody will hear it: closing a socket with something unread
/// makes the kernel reset the connection, and what was said last may be lost with it. Any thread.
namespace innkeeper::transport {

/// Throws some away, at most 64 KiB; how much that was: nothing if there is none at present, 0 at
/// the end.
std::optional<std::size_t> drain_input(int socket);

}  // namespace innkeeper::transport
