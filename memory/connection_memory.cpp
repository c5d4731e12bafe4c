#include "memory/connection_memory.hpp"

#include <jemalloc/jemalloc.h>

#include <string>

#include "memory/huge_chunks.hpp"

// Null without it.
#pragma weak mallctl
#pragma weak mallocx
#pragma weak dallocx

namespace innkeeper::memory {
namespace {

/// Null if there are none, or nobody to divide them up. The process has one of them, as it has one
/// jemalloc, and for as long: arenas do not end, and their hooks are told of no place to find it.
huge_chunks* chunks() {
  static huge_chunks* const reserved =
      mallocx == nullptr ? nullptr : huge_chunks::reserve().release();
  return reserved;
}

// What an arena asks for its memory by; `extent_hooks` in jemalloc(3). True says no.

/// The arena asks for nothing but one chunk to divide up, as it may not grow by more at a time;
/// what spanned several could not be counted by chunk.
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

/// jemalloc takes for granted that it reads as zeros when it comes into use again, which it need
/// not here: nobody asks for memory that is zero.
bool decommit(extent_hooks_t* /*hooks*/, void* begin, std::size_t /*bytes*/, std::size_t offset,
              std::size_t length, unsigned int /*arena*/) {
  chunks()->not_in_use(static_cast<std::byte*>(begin) + offset, length);
  return false;
}

bool split(extent_hooks_t* /*hooks*/, void* /*begin*/, std::size_t /*bytes*/, std::size_t /*one*/,
           std::size_t /*other*/, bool /*committed*/, unsigned int /*arena*/) {
  return false;
}

/// What spans two chunks would be counted to the first alone.
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

/// By what jemalloc is asked for memory of a new arena; or of any, if it makes none.
int new_arena() {
  unsigned int number = 0;
  std::size_t size = sizeof number;
  if (mallctl("arenas.create", &number, &size, nullptr, 0) != 0) return MALLOCX_TCACHE_NONE;
  // Made with these hooks it would keep its own books by them, in a huge page.
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
  return ::operator new(bytes);  // all chunks are given; jemalloc frees this alike
}

/// A thread's cache would give it to whoever wants a piece of that size next.
void free_of_connection(void* what) noexcept {
  if (chunks() == nullptr) return ::operator delete(what);
  if (what != nullptr) dallocx(what, MALLOCX_TCACHE_NONE);
}

}  // namespace innkeeper::memory
