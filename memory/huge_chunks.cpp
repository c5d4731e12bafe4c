#include "memory/huge_chunks.hpp"

#include <sys/mman.h>

#include <cstdlib>

namespace innkeeper::memory {
namespace {

constexpr std::size_t all_bytes = huge_chunks::chunks_max * huge_chunks::chunk_bytes;

/// The first chunk boundary in a range that is one chunk too long; unmaps the rest.
std::byte* aligned(std::byte* begin) {
  constexpr auto chunk = huge_chunks::chunk_bytes;
  const auto before = (chunk - reinterpret_cast<std::uintptr_t>(begin) % chunk) % chunk;
  if (before > 0) ::munmap(begin, before);
  ::munmap(begin + before + all_bytes, chunk - before);
  return begin + before;
}

void insist(bool counted_right) {
  if (!counted_right) std::abort();
}

}  // namespace

/// Not accessible at first. So a system without overcommit (overcommit_memory in proc_sys_vm(5))
/// does not set 16 GiB aside.
std::unique_ptr<huge_chunks> huge_chunks::reserve() {
  void* const found = ::mmap(nullptr, all_bytes + chunk_bytes, PROT_NONE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (found == MAP_FAILED) return nullptr;
  std::unique_ptr<huge_chunks> made(new huge_chunks(aligned(static_cast<std::byte*>(found))));
  ::madvise(made->begin_, all_bytes, MADV_HUGEPAGE);
  return made;
}

huge_chunks::~huge_chunks() {
  ::munmap(begin_, all_bytes);
}

void* huge_chunks::next_chunk() {
  const std::lock_guard lock(counting_);
  if (given_ == chunks_max) return nullptr;
  auto* const next = begin_ + chunk_bytes * given_;
  if (::mprotect(next, chunk_bytes, PROT_READ | PROT_WRITE) != 0) return nullptr;
  ++given_;
  return next;
}

bool huge_chunks::same_chunk(const void* one, const void* other) const {
  return chunk_of(one) == chunk_of(other);
}

std::size_t huge_chunks::chunk_of(const void* what) const {
  return static_cast<std::size_t>(static_cast<const std::byte*>(what) - begin_) / chunk_bytes;
}

void huge_chunks::in_use(const void* begin, std::size_t bytes) {
  const std::lock_guard lock(counting_);
  const auto chunk = chunk_of(begin);
  insist(chunk < given_ && bytes <= chunk_bytes - bytes_in_use_[chunk]);
  bytes_in_use_[chunk] += static_cast<std::uint32_t>(bytes);
}

void huge_chunks::not_in_use(const void* begin, std::size_t bytes) {
  const std::lock_guard lock(counting_);
  const auto chunk = chunk_of(begin);
  insist(chunk < given_ && bytes <= bytes_in_use_[chunk]);
  bytes_in_use_[chunk] -= static_cast<std::uint32_t>(bytes);
  if (bytes_in_use_[chunk] > 0) return;
  ::madvise(begin_ + chunk_bytes * chunk, chunk_bytes, MADV_DONTNEED);
}

}  // namespace innkeeper::memory
