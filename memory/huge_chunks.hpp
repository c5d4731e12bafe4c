#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

/// Address space whose memory the system is asked to give in huge pages: a chunk is one, if the
/// system has one to spare, and small ones otherwise. It takes no memory before it is written to,
/// and is given back when nothing of a chunk is in use: giving back a part would break the page
/// apart. Any thread.
namespace innkeeper::memory {

class huge_chunks {
 public:
  /// A huge page of x86-64 and, with pages of 4 KiB, of ARM64.
  static constexpr std::size_t chunk_bytes = std::size_t{2} * 1024 * 1024;
  static constexpr std::size_t chunks_max = 8192;

  /// Null if the process may not have so much address space (`ulimit -v`): 16 GiB.
  static std::unique_ptr<huge_chunks> reserve();
  ~huge_chunks();
  huge_chunks(const huge_chunks&) = delete;
  huge_chunks& operator=(const huge_chunks&) = delete;

  /// Aligned to its size, and never given twice. Null if there are no more.
  void* next_chunk();
  bool same_chunk(const void* one, const void* other) const;

  /// A part of one chunk comes into use, before it is touched, or is not needed any more, with what
  /// it holds. Bytes in use are counted, so each part has to be told of once: a chunk that counts
  /// more than it has, or less than nothing, ends the process, before somebody's memory is given
  /// away.
  void in_use(const void* begin, std::size_t bytes);
  void not_in_use(const void* begin, std::size_t bytes);

 private:
  explicit huge_chunks(std::byte* begin) : begin_(begin) {}

  std::size_t chunk_of(const void* what) const;

  std::byte* const begin_;
  /// Whoever gives a chunk back must not meet somebody who takes a part of it into use.
  std::mutex counting_;
  std::size_t given_ = 0;
  std::array<std::uint32_t, chunks_max> bytes_in_use_{};
};

}  // namespace innkeeper::memory
