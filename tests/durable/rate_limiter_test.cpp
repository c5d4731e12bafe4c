#include "tests/durable/rate_limiter.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "tests/durable/world.hpp"

namespace sockets = innkeeper::sockets;
using innkeeper::testing::world;
using namespace std::chrono_literals;

namespace {

std::string text_of(const std::string& file) {
  std::ifstream opened(std::string(INNKEEPER_SOURCES) + "/" + file);
  return {std::istreambuf_iterator<char>(opened), {}};
}

/// Asks for the caller, commits whatever is to be committed, and gives the answer.
std::string call(world& w, const std::string& caller) {
  w.deliver("door", sockets::socket_message(sockets::message_received{1, {}, {}, caller, false}),
            "rate_limiter");
  while (w.writer.waiting() > 0) w.commit_one();
  return w.heard();
}

}  // namespace

TEST_CASE("the example in the guide is the code that is tested here") {
  const auto guide = text_of("docs/durable-objects.md");
  REQUIRE_FALSE(guide.empty());
  for (const auto* file : {"tests/durable/rate_limiter.hpp", "tests/e2e/rate_limiter_server.cpp"}) {
    INFO(file);
    CHECK(guide.find("```cpp\n" + text_of(file) + "```\n") != std::string::npos);
  }
}

TEST_CASE("a rate limiter lets each caller in three times a window") {
  world w;
  for (int i = 0; i < 3; ++i) CHECK(call(w, "ann") == "door: in");
  CHECK(call(w, "ann") == "door: out");
  CHECK(call(w, "bob") == "door: in");
}

TEST_CASE("objects of two kinds that have one name are two objects") {
  world w;
  CHECK(call(w, "ann") == "door: in");
  w.tell("door", "add x");
  w.commit_one();
  CHECK(w.heard() == "door: x=1");
  CHECK(w.observed.awake == 2);
  CHECK(call(w, "ann") == "door: in");
}

TEST_CASE("a rate limiter counts on over sleep and crash, and starts anew when its alarm rings") {
  world w;
  for (int i = 0; i < 3; ++i) call(w, "ann");
  w.pass_time_committing(30s);
  CHECK(w.observed.awake == 0);
  CHECK(call(w, "ann") == "door: out");
  w.crash();
  CHECK(call(w, "ann") == "door: out");
  w.pass_time_committing(31s);
  CHECK(call(w, "ann") == "door: in");
}
