#pragma once

#include <cstddef>
#include <optional>

/// What jemalloc tells and is told, if this program is linked with it. Any thread.
namespace innkeeper::memory {

/// Bytes that the program has allocated and not freed. What threads keep at hand for their next
/// allocations counts as allocated, so that it is exact to some 100 KB.
std::optional<std::size_t> allocated_bytes();

/// Gives back what is kept at hand for the calling thread; does nothing without jemalloc. A rush
/// leaves much there, in pieces that lie between those in use: a page that holds one of either
/// cannot be given back.
void flush_thread_cache();

}  // namespace innkeeper::memory
