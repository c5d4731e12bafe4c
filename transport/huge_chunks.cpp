#include "transport/huge_chunks.hpp"

#include <sys/mman.h>

#include <utility>

namespace innkeeper::transport {
namespace {

constexpr std::size_t all_bytes = huge_chunks::chunks_max * huge_chunks::chunk_bytes;

/// The system aligns to small pages: what is too much at both ends goes back.
std::byte* aligned(std::byte* begin) {
  const auto past = reinterpret_cast<std::uintptr_t>(begin) % huge_chunks::chunk_bytes;
  const auto before = past == 0 ? 0 : huge_chunks::chunk_bytes - past;
  if (before > 0) ::munmap(begin, before);
  if (past > 0) ::munmap(begin + before + all_bytes, past);
  return begin + before;
}

}  // namespace

std::unique_ptr<huge_chunks> huge_chunks::reserve() {
  void* const found = ::mmap(nullptr, all_bytes + chunk_bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (found == MAP_FAILED) return nullptr;
  auto* const begin = static_cast<std::byte*>(found);
  std::unique_ptr<huge_chunks> made(new huge_chunks(aligned(begin)));
  ::madvise(made->begin_, all_bytes, MADV_HUGEPAGE);
  return made;
}

huge_chunks::~huge_chunks() {
  ::munmap(begin_, all_bytes);
}

void* huge_chunks::next_chunks(std::size_t count) {
  const std::lock_guard lock(counting_);
  if (count > chunks_max - given_) return nullptr;
  return begin_ + chunk_bytes * std::exchange(given_, given_ + count);
}

bool huge_chunks::same_chunk(const void* one, const void* other) const {
  return chunk_of(one) == chunk_of(other);
}

std::size_t huge_chunks::chunk_of(const void* what) const {
  return static_cast<std::size_t>(static_cast<const std::byte*>(what) - begin_) / chunk_bytes;
}

void huge_chunks::in_use(const void* begin, std::size_t bytes) {
  const std::lock_guard lock(counting_);
  bytes_in_use_.at(chunk_of(begin)) += static_cast<std::uint32_t>(bytes);
}

void huge_chunks::not_in_use(const void* begin, std::size_t bytes) {
  const std::lock_guard lock(counting_);
  const auto chunk = chunk_of(begin);
  auto& left = bytes_in_use_.at(chunk);
  left -= static_cast<std::uint32_t>(bytes);
  if (left == 0) ::madvise(begin_ + chunk_bytes * chunk, chunk_bytes, MADV_DONTNEED);
}

}  // namespace innkeeper::transport
