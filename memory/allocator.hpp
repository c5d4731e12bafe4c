#pragma once

#include <cstddef>
#include <optional>

/// Queries and commands to jemalloc, if the program is linked with it. Any thread.
namespace innkeeper::memory {

/// Bytes that the program has allocated and not freed. Threads' caches count as allocated, so it is
/// exact to about 100 KB. Nothing without jemalloc.
std::optional<std::size_t> allocated_bytes();

/// Flushes the calling thread's cache; does nothing without jemalloc. After a burst the cache holds
/// many pieces between used ones. A page with any such piece cannot be returned to the system.
void flush_thread_cache();

}  // namespace innkeeper::memory
