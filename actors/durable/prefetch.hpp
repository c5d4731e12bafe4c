#pragma once

#include <cstddef>

/// Fetches into the processor's cache what will be needed soon. A turn goes through thousands of
/// rooms, and what it needs of each was last touched a turn ago, and is far from the core by now;
/// whoever goes through a row knows what comes. A hint, without effect on what a program does. Any
/// thread.
namespace innkeeper::durable {

/// Far enough ahead for memory to answer, near enough for the answer not to be displaced.
inline constexpr std::size_t prefetch_distance = 2;

/// Any address may be given, of things that have gone too.
inline void prefetch(const void* begin, std::size_t bytes) {
  constexpr std::size_t cache_line = 64;
  const auto* at = static_cast<const char*>(begin);
  for (std::size_t offset = 0; offset < bytes; offset += cache_line) {
    __builtin_prefetch(at + offset);
  }
}

/// What it points to; null is as good as any.
template <class Object>
void prefetch(const Object* what) {
  prefetch(what, sizeof(Object));
}

}  // namespace innkeeper::durable
