#include "proto/replaceable.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>

using innkeeper::proto::replaceable;

TEST_CASE("a reader keeps the value that it got, and the next one gets the new value") {
  replaceable<std::string> held("old");
  const auto kept = held.current();
  held.replace("new");
  CHECK(*kept == "old");
  CHECK(*held.current() == "new");
}

TEST_CASE("what has not been set yet is a value too") {
  const replaceable<std::string> held;
  CHECK(held.current()->empty());
}

TEST_CASE("readers on other threads see one value or the other, and never a mixture") {
  replaceable<std::string> held(std::string(100, 'a'));
  std::atomic<bool> over = false;
  std::size_t mixed = 0;
  std::thread reader([&] {
    while (!over) {
      const auto seen = held.current();
      if (*seen != std::string(seen->size(), seen->front())) ++mixed;
    }
  });
  for (std::size_t i = 0; i < 2000; ++i) held.replace(std::string(50 + i % 50, i % 2 ? 'b' : 'c'));
  over = true;
  reader.join();
  CHECK(mixed == 0);
}
