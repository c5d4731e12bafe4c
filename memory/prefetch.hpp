#pragma once

#include <cstddef>
#include <cstdint>

/// Fetches into the processor's cache what will be needed soon. A turn goes through thousands of
/// rooms, and what it needs of each was last touched a turn ago, and is far from the core by now;
/// whoever goes through a row knows what comes. A hint, without effect on what a program does. Any
/// thread.
namespace innkeeper::memory {

/// Far enough ahead for memory to answer, near enough for the answer not to be displaced.
inline constexpr std::size_t prefetch_distance = 2;

/// Any address may be given, null and those of things that have gone too.
inline void prefetch(const void* begin, std::size_t bytes) {
  constexpr std::uintptr_t cache_line = 64;
  const auto first = reinterpret_cast<std::uintptr_t>(begin);
  for (auto at = first; at < first + bytes; at += cache_line) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): nothing is read
    __builtin_prefetch(reinterpret_cast<const void*>(at));
  }
}

/// What it points to; null is as good as any.
template <class Object>
void prefetch(const Object* what) {
  prefetch(what, sizeof(Object));
}

}  // namespace innkeeper::memory
