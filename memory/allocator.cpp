#include "memory/allocator.hpp"

#include <jemalloc/jemalloc.h>

#include <cstdint>

// Null without jemalloc.
#pragma weak mallctl

namespace innkeeper::memory {

std::optional<std::size_t> allocated_bytes() {
  if (mallctl == nullptr) return std::nullopt;
  std::uint64_t epoch = 1;  // writing it refreshes the figures
  if (mallctl("epoch", nullptr, nullptr, &epoch, sizeof epoch) != 0) return std::nullopt;
  std::size_t bytes = 0;
  std::size_t size = sizeof bytes;
  if (mallctl("stats.allocated", &bytes, &size, nullptr, 0) != 0) return std::nullopt;
  return bytes;
}

void flush_thread_cache() {
  if (mallctl == nullptr) return;
  static_cast<void>(mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0));
}

}  // namespace innkeeper::memory
