#include "memory/connection_memory.hpp"

#include <jemalloc/jemalloc.h>

#include <string>

#include "memory/huge_chunks.hpp"

// Null without jemalloc.
#pragma weak mallctl
#pragma weak mallocx
#pragma weak dallocx

namespace innkeeper::memory {
namespace {

/// Null if there is no address space, or no jemalloc. The process has one, like jemalloc, and never
/// frees it. Arenas never end, and their hooks receive no pointer to find it.
huge_chunks* chunks() {
  static huge_chunks* const reserved =
      mallocx == nullptr ? nullptr : huge_chunks::reserve().release();
  return reserved;
}

// The arena's hooks; `extent_hooks` in jemalloc(3). Returning true refuses.

/// The arena only asks for single chunks, because it may not grow by more at a time. A part of
/// several chunks could not be counted per chunk.
void* give_chunk(extent_hooks_t* /*hooks*/, void* wanted, std::size_t bytes, std::size_t alignment,
                 bool* zero, bool* commit, unsigned int /*arena*/) {
  if (wanted != nullptr || *commit || bytes != huge_chunks::chunk_bytes) return nullptr;
  if (alignment > huge_chunks::chunk_bytes) return nullptr;
  *zero = true;
  return chunks()->next_chunk();
}

bool commit(extent_hooks_t* /*hooks*/, void* begin, std::size_t /*bytes*/, std::size_t offset,
            std::size_t length, unsigned int /*arena*/) {
  chunks()->in_use(static_cast<std::byte*>(begin) + offset, length);
  return false;
}

/// jemalloc assumes that the memory reads as zeros when it is used again. That is not needed here:
/// no caller asks for zeroed memory.
bool decommit(extent_hooks_t* /*hooks*/, void* begin, std::size_t /*bytes*/, std::size_t offset,
              std::size_t length, unsigned int /*arena*/) {
  chunks()->not_in_use(static_cast<std::byte*>(begin) + offset, length);
  return false;
}

bool split(extent_hooks_t* /*hooks*/, void* /*begin*/, std::size_t /*bytes*/, std::size_t /*one*/,
           std::size_t /*other*/, bool /*committed*/, unsigned int /*arena*/) {
  return false;
}

/// A part of two chunks would be counted for the first alone.
bool merge(extent_hooks_t* /*hooks*/, void* one, std::size_t /*one_bytes*/, void* other,
           std::size_t /*other_bytes*/, bool /*committed*/, unsigned int /*arena*/) {
  return !chunks()->same_chunk(one, other);
}

extent_hooks_t hooks{give_chunk, nullptr, nullptr, commit, decommit,
                     nullptr,    nullptr, split,   merge};

template <class Value>
bool set(const std::string& name, Value value) {
  // NOLINTNEXTLINE(bugprone-sizeof-expression): a setting may be a pointer
  return mallctl(name.c_str(), nullptr, nullptr, &value, sizeof value) == 0;
}

/// The flags for memory of a new arena, or of any arena if none can be made.
int new_arena() {
  unsigned int number = 0;
  std::size_t size = sizeof number;
  if (mallctl("arenas.create", &number, &size, nullptr, 0) != 0) return MALLOCX_TCACHE_NONE;
  // Hooks given at creation would also serve the arena's own metadata, and place it in a huge page.
  const auto arena = "arena." + std::to_string(number);
  const bool ready = set(arena + ".retain_grow_limit", huge_chunks::chunk_bytes) &&
                     set(arena + ".extent_hooks", &hooks);
  if (!ready) return MALLOCX_TCACHE_NONE;
  return static_cast<int>(MALLOCX_ARENA(number)) | MALLOCX_TCACHE_NONE;
}

}  // namespace

void* allocate_for_connection(std::size_t bytes) {
  if (chunks() == nullptr) return ::operator new(bytes);
  static thread_local const int arena = new_arena();
  if (void* const made = mallocx(bytes, arena)) return made;
  return ::operator new(bytes);  // no chunk is left; jemalloc frees this memory alike
}

/// Bypasses the thread's cache, which would reuse the memory for any allocation of that size.
void free_of_connection(void* what) noexcept {
  if (chunks() == nullptr) return ::operator delete(what);
  if (what != nullptr) dallocx(what, MALLOCX_TCACHE_NONE);
}

}  // namespace innkeeper::memory
