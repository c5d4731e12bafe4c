#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

/// What all sockets of the load client have in common. One thread.
namespace innkeeper::bench {

/// What went wrong, and what errno says of it.
std::runtime_error failure(const std::string& what);

/// Sends at once, and is closed by a reset, so that its port is free again. `flags`: of socket(2).
/// Throws std::runtime_error.
int client_socket(int flags);

/// As connect(2), to a port of the loopback.
int connect_to(std::uint16_t port, int socket);

}  // namespace innkeeper::bench
