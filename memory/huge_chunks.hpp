#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

/// Address space for which the system is asked to use huge pages. A chunk is one huge page if the
/// system has one free, else small pages. It takes no memory before the first write. It is returned
/// when no part of a chunk is in use: returning a part would split the page. Any thread.
namespace innkeeper::memory {

class huge_chunks {
 public:
  /// The size of a huge page on x86-64 and, with pages of 4 KiB, on ARM64.
  static constexpr std::size_t chunk_bytes = std::size_t{2} * 1024 * 1024;
  static constexpr std::size_t chunks_max = 8192;

  /// Null if the process may not reserve 16 GiB of address space (`ulimit -v`).
  static std::unique_ptr<huge_chunks> reserve();
  ~huge_chunks();
  huge_chunks(const huge_chunks&) = delete;
  huge_chunks& operator=(const huge_chunks&) = delete;

  /// The chunk is aligned to its size and never given twice. Null if none is left.
  void* next_chunk();
  bool same_chunk(const void* one, const void* other) const;

  /// Marks a part of one chunk as used, before its first access, or as unused. The content of an
  /// unused part may be dropped. Bytes in use are counted, so mark each part exactly once. A count
  /// above the chunk's size or below zero ends the process, so that no used memory is returned.
  void in_use(const void* begin, std::size_t bytes);
  void not_in_use(const void* begin, std::size_t bytes);

 private:
  explicit huge_chunks(std::byte* begin) : begin_(begin) {}

  std::size_t chunk_of(const void* what) const;

  std::byte* const begin_;
  /// Prevents that one thread returns a chunk while another marks a part of it as used.
  std::mutex counting_;
  std::size_t given_ = 0;
  std::array<std::uint32_t, chunks_max> bytes_in_use_{};
};

}  // namespace innkeeper::memory
