#include "proto/token_buckets.hpp"

#include <catch2/catch.hpp>

using innkeeper::proto::token_buckets;

TEST_CASE("token buckets give a burst at once and refuse the one beyond it") {
  token_buckets buckets(50, 1000, 3);
  for (int i = 0; i < 3; ++i) CHECK(buckets.take(7, 0));
  CHECK_FALSE(buckets.has(7, 0));
  CHECK_FALSE(buckets.take(7, 0));
}

TEST_CASE("token buckets give tokens back in time, up to the burst") {
  token_buckets buckets(50, 1000, 2);
  REQUIRE(buckets.take(7, 0));
  REQUIRE(buckets.take(7, 0));
  CHECK_FALSE(buckets.take(7, 19));
  CHECK(buckets.take(7, 20));
  CHECK_FALSE(buckets.take(7, 20));
  CHECK(buckets.take(7, 10'000));
  CHECK(buckets.take(7, 10'000));
  CHECK_FALSE(buckets.take(7, 10'000));
}

TEST_CASE("token buckets keep keys apart and do not mind a clock that goes back") {
  token_buckets buckets(1, 1000, 1);
  REQUIRE(buckets.take(1, 5000));
  CHECK_FALSE(buckets.take(1, 1000));
  CHECK(buckets.take(2, 1000));
}

TEST_CASE("token buckets give nothing twice to those whose clocks differ") {
  token_buckets buckets(50, 1000, 2);
  REQUIRE(buckets.take(7, 1000));
  REQUIRE(buckets.take(7, 1000));
  CHECK(buckets.take(7, 1020));
  CHECK_FALSE(buckets.take_or_owe(7, 1000, 1));
  CHECK_FALSE(buckets.take(7, 1020));
}

TEST_CASE("token buckets without a burst refuse nothing and keep nothing") {
  token_buckets buckets(0, 1000, 0);
  for (int i = 0; i < 1000; ++i) CHECK(buckets.take(7, 0));
  CHECK(buckets.size() == 0);
}

TEST_CASE("token buckets forget keys that have all their tokens back") {
  token_buckets buckets(1, 1000, 1);
  for (std::uint64_t key = 1; key <= 1024; ++key) REQUIRE(buckets.take(key, 0));
  REQUIRE(buckets.take(5000, 1000));
  CHECK(buckets.size() == 1);
}

TEST_CASE("token buckets can be owed to, and give nothing until that is paid") {
  token_buckets buckets(10, 1000, 5);
  CHECK(buckets.take_or_owe(7, 0, 5));
  CHECK_FALSE(buckets.take_or_owe(7, 0, 10));
  CHECK_FALSE(buckets.take(7, 1000));
  CHECK_FALSE(buckets.take(7, 1099));
  CHECK(buckets.take(7, 1100));
  CHECK(buckets.take_or_owe(8, 0, 1));
}

TEST_CASE("token buckets give several tokens at once, and more than the burst if all are there") {
  token_buckets buckets(10, 1000, 5);
  CHECK(buckets.take(7, 0, 3));
  CHECK_FALSE(buckets.take(7, 0, 3));
  CHECK(buckets.take(7, 0, 2));
  CHECK_FALSE(buckets.take(7, 499, 100));
  CHECK(buckets.take(7, 500, 100));
  CHECK_FALSE(buckets.take(7, 500));
}
