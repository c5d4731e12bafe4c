#pragma once

#include <cstddef>
#include <cstdint>

/// Fetches memory into the processor's cache before it is needed. A loop turn visits thousands of
/// rooms, whose memory was last touched a turn ago and has left the cache. A loop over a row knows
/// the next addresses. Only a hint: it never changes a program's results. Any thread.
namespace innkeeper::memory {

/// Iterations ahead: enough for memory to answer, and few enough that the data stays in the cache.
inline constexpr std::size_t prefetch_distance = 2;

/// Any address is allowed, also null or that of a destroyed object.
inline void prefetch(const void* begin, std::size_t bytes) {
  constexpr std::uintptr_t cache_line = 64;
  const auto first = reinterpret_cast<std::uintptr_t>(begin);
  for (auto at = first; at < first + bytes; at += cache_line) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): nothing is read
    __builtin_prefetch(reinterpret_cast<const void*>(at));
  }
}

/// Prefetches the object; null is allowed.
template <class Object>
void prefetch(const Object* what) {
  prefetch(what, sizeof(Object));
}

}  // namespace innkeeper::memory
