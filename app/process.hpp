#pragma once

#include <cstddef>
#include <exception>
#include <string>

#include "proto/limits.hpp"

/// What a process inherits from whoever starts it, made fit for a server. Only main's thread.
namespace innkeeper::app {

/// Before anything else: descriptors 0 to 2 are open, so that no file of ours becomes one of them
/// and gets log lines; no signal that we wait for is blocked; SIGPIPE and SIGXFSZ do not end the
/// process, for the call that they are about fails as well; as many descriptors may be open as the
/// system lets us have.
void prepare_process();

/// Starts and ends so many threads. Throws std::system_error if the system does not let us have
/// them: a start that fails half way among its own threads could not be undone.
void require_threads(std::size_t count);

/// How many sockets clients may open: by the limit on open files unless it is said, and less some
/// for all else that is open. With TLS a client's socket takes two more.
std::size_t sockets_max(const proto::limits& bounds, bool tls, std::size_t loops);

/// A sentence that says why the server cannot start, and which limit to raise if that is it.
std::string reason_of(const std::exception& error);

}  // namespace innkeeper::app
