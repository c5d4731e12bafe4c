#include "transport/limits/rate_guard.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::transport {
namespace {

using namespace std::chrono_literals;
using verdict = rate_guard::verdict;

constexpr rate_guard::time_point start{1000h};
constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

TEST_CASE("a connection may send 500 messages at once; then it is told, once a second") {
  rate_guard guard;
  const connection_limits limits;
  for (int i = 0; i < 500; ++i) REQUIRE(guard.take(start, 30, limits, false) == verdict::pass);
  CHECK(guard.take(start, 30, limits, false) == verdict::refuse);
  CHECK(guard.take(start, 30, limits, false) == verdict::ignore);
  CHECK(guard.take(start + 10ms, 30, limits, false) == verdict::pass);
  for (int i = 0; i < 99; ++i) {
    REQUIRE(guard.take(start + 1s, 30, limits, false) == verdict::pass);
  }
  CHECK(guard.take(start + 1s, 30, limits, false) == verdict::refuse);
}

TEST_CASE("a connection that goes on for as long again as a burst is given up") {
  rate_guard guard;
  const connection_limits limits;
  for (int i = 0; i < 500; ++i) REQUIRE(guard.take(start, 30, limits, false) == verdict::pass);
  REQUIRE(guard.take(start, 30, limits, false) == verdict::refuse);
  for (int i = 0; i < 499; ++i) REQUIRE(guard.take(start, 30, limits, false) == verdict::ignore);
  CHECK(guard.take(start, 30, limits, false) == verdict::give_up);
}

TEST_CASE("what was refused is forgiven once a connection has been quiet") {
  rate_guard guard;
  const connection_limits limits;
  for (int round = 0; round < 3; ++round) {
    const auto now = start + round * 5s;
    for (int i = 0; i < 500; ++i) REQUIRE(guard.take(now, 30, limits, false) == verdict::pass);
    REQUIRE(guard.take(now, 30, limits, false) == verdict::refuse);
    for (int i = 0; i < 499; ++i) REQUIRE(guard.take(now, 30, limits, false) == verdict::ignore);
  }
}

TEST_CASE("a connection may send 8 MiB at once") {
  rate_guard guard;
  const connection_limits limits;
  for (int i = 0; i < 8; ++i) REQUIRE(guard.take(start, mebibyte, limits, false) == verdict::pass);
  CHECK(guard.take(start, 1, limits, false) == verdict::refuse);
  CHECK(guard.take(start + 500ms, mebibyte, limits, false) == verdict::pass);
  CHECK(guard.take(start + 500ms, 8 * mebibyte, limits, false) == verdict::give_up);
}

TEST_CASE("an admin may send ten times as much") {
  rate_guard guard;
  const connection_limits limits;
  for (int i = 0; i < 5000; ++i) REQUIRE(guard.take(start, 30, limits, true) == verdict::pass);
  CHECK(guard.take(start, 30, limits, true) == verdict::refuse);
  CHECK(guard.take(start + 1ms, 30, limits, true) == verdict::pass);
}

TEST_CASE("without limits a connection may send anything") {
  rate_guard guard;
  connection_limits limits;
  limits.messages_per_second = limits.bytes_per_second = 0;
  for (int i = 0; i < 20'000; ++i) {
    REQUIRE(guard.take(start, mebibyte, limits, false) == verdict::pass);
  }
}

}  // namespace
}  // namespace innkeeper::transport
