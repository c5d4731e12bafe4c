#include "actors/durable/fifo.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <utility>

using innkeeper::durable::fifo;

TEST_CASE("a fifo gives in order what it was given, however long it is never empty") {
  fifo<int> numbers;
  int next = 0;
  numbers.push_back(next++);
  for (int i = 0; i < 1000; ++i) {
    numbers.push_back(next++);
    if (i % 3 == 0) numbers.push_back(next++);
    REQUIRE(numbers.front() == i);
    REQUIRE(numbers[1] == i + 1);
    REQUIRE(numbers.back() == next - 1);
    REQUIRE(numbers.pop_front() == i);
    REQUIRE(numbers.size() == static_cast<std::size_t>(next - i - 1));
  }
  for (int i = 1000; i < next; ++i) REQUIRE(numbers.pop_front() == i);
  CHECK(numbers.empty());
}

TEST_CASE("what is put to the front of a fifo goes first") {
  fifo<int> numbers;
  numbers.push_front(2);
  numbers.push_front(1);
  numbers.push_back(3);
  CHECK(numbers.pop_front() == 1);
  numbers.push_front(7);
  CHECK(numbers.size() == 3);
  CHECK(numbers.pop_front() == 7);
  CHECK(numbers.pop_front() == 2);
  CHECK(numbers.pop_front() == 3);
  CHECK(numbers.empty());
}

TEST_CASE("a fifo gives the memory back that was needed for many") {
  fifo<int> numbers;
  for (int i = 0; i < 1000; ++i) numbers.push_back(i);
  while (!numbers.empty()) numbers.pop_front();
  CHECK(numbers.capacity() == 0);
  for (int i = 0; i < 64; ++i) numbers.push_back(i);
  numbers.clear();
  CHECK(numbers.capacity() == 64);
}

TEST_CASE("a fifo holds nothing of what has left it") {
  fifo<std::shared_ptr<int>> kept;
  const auto first = std::make_shared<int>(1);
  const auto second = std::make_shared<int>(2);
  kept.push_back(first);
  kept.push_back(second);
  kept.pop_front();
  CHECK(first.use_count() == 1);
  CHECK(second.use_count() == 2);
  kept.clear();
  CHECK(second.use_count() == 1);
  CHECK(kept.empty());
}
