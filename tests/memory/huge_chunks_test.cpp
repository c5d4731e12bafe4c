#include "memory/huge_chunks.hpp"

#include <catch2/catch.hpp>
#include <cstdint>

namespace innkeeper::transport {
namespace {

constexpr auto chunk_bytes = memory::huge_chunks::chunk_bytes;
constexpr auto half = chunk_bytes / 2;

TEST_CASE("chunks are aligned to their size, and each is given once") {
  const auto chunks = memory::huge_chunks::reserve();
  REQUIRE(chunks);
  auto* const first = static_cast<std::byte*>(chunks->next_chunk());
  auto* const second = static_cast<std::byte*>(chunks->next_chunk());
  CHECK(reinterpret_cast<std::uintptr_t>(first) % chunk_bytes == 0);
  CHECK(second == first + chunk_bytes);
  CHECK(chunks->same_chunk(first, second - 1));
  CHECK_FALSE(chunks->same_chunk(first, second));
}

TEST_CASE("the last chunk is given whole, and none beyond") {
  const auto chunks = memory::huge_chunks::reserve();
  for (std::size_t i = 1; i < memory::huge_chunks::chunks_max; ++i)
    static_cast<void>(chunks->next_chunk());
  auto* const last = static_cast<char*>(chunks->next_chunk());
  REQUIRE(last != nullptr);
  last[chunk_bytes - 1] = 'x';
  CHECK(chunks->next_chunk() == nullptr);
}

TEST_CASE("a chunk keeps what it holds until nothing of it is in use") {
  const auto chunks = memory::huge_chunks::reserve();
  auto* const chunk = static_cast<char*>(chunks->next_chunk());
  auto* const other = static_cast<char*>(chunks->next_chunk());
  for (auto* part : {chunk, chunk + half, other}) {
    chunks->in_use(part, half);
    *part = 'x';
  }

  chunks->not_in_use(chunk, half);
  CHECK(chunk[0] == 'x');
  CHECK(chunk[half] == 'x');

  chunks->not_in_use(chunk + half, half);
  CHECK(chunk[0] == '\0');  // the system has taken it, and gives another page
  CHECK(chunk[half] == '\0');
  CHECK(other[0] == 'x');
}

TEST_CASE("a part that comes into use again keeps its chunk") {
  const auto chunks = memory::huge_chunks::reserve();
  auto* const chunk = static_cast<char*>(chunks->next_chunk());
  chunks->in_use(chunk, half);
  chunks->not_in_use(chunk, half);
  chunks->in_use(chunk, half);
  chunk[0] = 'x';
  chunks->in_use(chunk + half, half);
  chunks->not_in_use(chunk + half, half);
  CHECK(chunk[0] == 'x');
}

}  // namespace
}  // namespace innkeeper::transport
