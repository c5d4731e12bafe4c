#pragma once

#include <cstddef>
#include <optional>

/// What jemalloc tells of itself, if this program is linked with it. Any thread.
namespace innkeeper::app {

/// Bytes that the program has allocated and not freed. What threads keep at hand for their next
/// allocations counts as allocated, so that it is exact to some 100 KB.
std::optional<std::size_t> allocated_bytes();

}  // namespace innkeeper::app
