#include "memory/connection_memory.hpp"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

/// This program is linked with jemalloc, if there is no sanitizer, and gives freed memory back at
/// once: whatever gives away what is in use is to be found out.
extern "C" {
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): jemalloc looks for this name
extern const char* malloc_conf;
const char* malloc_conf = "dirty_decay_ms:0";
}

namespace innkeeper::transport {
namespace {

/// A piece of memory that is full of one byte.
struct piece {
  unsigned char* begin;
  std::size_t bytes;
  unsigned char full_of;

  bool is_whole() const {
    return std::all_of(begin, begin + bytes,
                       [this](unsigned char each) { return each == full_of; });
  }
};

piece new_piece(std::mt19937& random) {
  const auto bytes = std::uniform_int_distribution<std::size_t>(16, 1000)(random);
  const auto full_of = static_cast<unsigned char>(random());
  auto* const begin = static_cast<unsigned char*>(memory::allocate_for_connection(bytes));
  std::memset(begin, full_of, bytes);
  return {begin, bytes, full_of};
}

/// What some have made and others free.
class heap_of_pieces {
 public:
  void put(piece added) {
    const std::lock_guard lock(mutex_);
    pieces_.push_back(added);
  }
  /// One by chance.
  piece take(std::mt19937& random) {
    const std::lock_guard lock(mutex_);
    std::swap(pieces_[random() % pieces_.size()], pieces_.back());
    const auto taken = pieces_.back();
    pieces_.pop_back();
    return taken;
  }
  std::size_t size() const { return pieces_.size(); }

 private:
  std::mutex mutex_;
  std::vector<piece> pieces_;
};

bool free_whole(const piece& what) {
  const bool whole = what.is_whole();
  memory::free_of_connection(what.begin);
  return whole;
}

/// Grows to some ten chunks for each thread, shrinks to almost nothing, twice. False if anything
/// was lost.
bool come_and_go(heap_of_pieces& all, unsigned int seed) {
  constexpr int most = 40'000;
  std::mt19937 random(seed);
  bool whole = true;
  for (int rush = 0; rush < 2; ++rush) {
    for (int i = 0; i < most; ++i) {
      all.put(new_piece(random));
      if (i % 3 == 0) whole = free_whole(all.take(random)) && whole;
    }
    for (int i = 0; i < most / 2; ++i) whole = free_whole(all.take(random)) && whole;
  }
  return whole;
}

TEST_CASE("nothing in use is given away while others come and go") {
  heap_of_pieces all;
  std::array<char, 2> whole{};
  {
    std::thread other([&] { whole[1] = static_cast<char>(come_and_go(all, 2)); });
    whole[0] = static_cast<char>(come_and_go(all, 1));
    other.join();
  }
  CHECK(whole[0] != 0);
  CHECK(whole[1] != 0);
  std::mt19937 random(3);
  while (all.size() > 0) REQUIRE(free_whole(all.take(random)));
}

}  // namespace
}  // namespace innkeeper::transport
