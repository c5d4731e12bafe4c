#include "transport/huge_chunks.hpp"

#include <catch2/catch.hpp>
#include <cstdint>

namespace innkeeper::transport {
namespace {

constexpr auto chunk_bytes = huge_chunks::chunk_bytes;
constexpr auto half = chunk_bytes / 2;

TEST_CASE("chunks of a row lie side by side, each aligned to its size") {
  const auto chunks = huge_chunks::reserve();
  REQUIRE(chunks);
  auto* const first = static_cast<std::byte*>(chunks->next_chunks(2));
  auto* const third = static_cast<std::byte*>(chunks->next_chunks());
  CHECK(reinterpret_cast<std::uintptr_t>(first) % chunk_bytes == 0);
  CHECK(third == first + 2 * chunk_bytes);
  CHECK(chunks->same_chunk(first, first + chunk_bytes - 1));
  CHECK_FALSE(chunks->same_chunk(first, first + chunk_bytes));
}

TEST_CASE("the last chunk is given, and none beyond") {
  const auto chunks = huge_chunks::reserve();
  REQUIRE(chunks->next_chunks(huge_chunks::chunks_max - 1) != nullptr);
  CHECK(chunks->next_chunks(2) == nullptr);
  auto* const last = static_cast<char*>(chunks->next_chunks());
  REQUIRE(last != nullptr);
  last[chunk_bytes - 1] = 'x';
  CHECK(chunks->next_chunks() == nullptr);
}

TEST_CASE("a chunk keeps what it holds until nothing of it is in use") {
  const auto chunks = huge_chunks::reserve();
  auto* const chunk = static_cast<char*>(chunks->next_chunks());
  auto* const other = static_cast<char*>(chunks->next_chunks());
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
  const auto chunks = huge_chunks::reserve();
  auto* const chunk = static_cast<char*>(chunks->next_chunks());
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
