#include "actors/durable/durable_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/durable/world.hpp"

using innkeeper::storage::commit_outcome;
using innkeeper::testing::world;

TEST_CASE("an object says what it stored only after the commit") {
  world w;
  w.tell("a", "add x");
  CHECK(w.heard() == "");
  w.commit_one();
  CHECK(w.heard() == "a: x=1");
}

TEST_CASE("an object keeps what it says behind earlier writes, in order") {
  world w;
  w.tell("a", "add x");
  w.tell("a", "show x");
  w.tell("a", "add y");
  w.tell("a", "show y");
  CHECK(w.heard() == "");
  w.commit_one();
  CHECK(w.heard() == "a: x=1 | a: x=1");
  w.commit_one();
  CHECK(w.heard() == "a: y=1 | a: y=1");
}

TEST_CASE("an object does not wait for another object's commit") {
  world w;
  w.tell("a", "add x");
  w.tell("b", "show x");
  CHECK(w.heard() == "b: x=0");
}

TEST_CASE("messages that arrive while an object hydrates wait in order") {
  world w;
  w.slip("a", "add x");
  w.slip("a", "add x");
  w.slip("a", "show x");
  w.run();
  CHECK(w.kind->made == 1);
  w.commit_one();
  w.commit_one();
  CHECK(w.heard() == "a: x=1 | a: x=2 | a: x=2");
}

TEST_CASE("all that are woken at once get their rows, though not all in one go") {
  world w;
  constexpr int in_one_go = 32;
  std::string expected;
  for (int i = 0; i <= in_one_go; ++i) {
    const auto name = std::to_string(i);
    w.slip(name, "show x");
    expected += (i > 0 ? " | " : "") + name + ": x=0";
  }
  w.run();
  CHECK(w.heard() == expected);
  CHECK(w.observed.awake == in_one_go + 1);
}

TEST_CASE("whoever wakes an object is answered with the same look at the file that gave its rows") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.pass_time(std::chrono::seconds(10));
  REQUIRE(w.observed.awake == 0);
  w.heard();
  w.fickle->apart = 0;
  w.tell("a", "look x");
  CHECK(w.heard() == "a: x=1");
  CHECK(w.fickle->apart == 0);
  w.tell("a", "look x");
  CHECK(w.heard() == "a: x=1");
  CHECK(w.fickle->apart == 1);
}

TEST_CASE("however many wake an object at once, all are answered in order") {
  world w;
  constexpr int many = 100;
  std::string expected;
  for (int i = 0; i < many; ++i) {
    w.slip("a", "show " + std::to_string(i));
    expected += (i > 0 ? " | a: " : "a: ") + std::to_string(i) + "=0";
  }
  w.run();
  CHECK(w.heard() == expected);
}

TEST_CASE("an object starts afresh after a rejected batch, and all its outputs are dropped") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.tell("a", "spoil x");
  w.tell("a", "add x");
  CHECK(w.heard() == "a: x=1");
  w.commit_one();  // the constraint
  CHECK(w.heard() == "a: broken");
  w.commit_one();  // what was computed behind it: of a life that is over
  CHECK(w.heard() == "");
  w.tell("a", "show x");
  CHECK(w.heard() == "a: x=1");
  CHECK(w.kind->made == 2);
}

TEST_CASE("an object answers that the disk is full, and goes back to what is stored") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.heard();
  w.tell("a", "add x");
  w.tell("a", "show x");
  w.fail_one(commit_outcome::storage_full);
  CHECK(w.heard() == "a: no room for x | a: no room for x");
  w.tell("a", "show x");
  CHECK(w.heard() == "a: x=1");
}

TEST_CASE("what only memory has survives a full disk") {
  world w;
  w.tell("a", "add x");
  w.fail_one(commit_outcome::storage_full);
  w.heard();
  w.tell("a", "told");
  CHECK(w.heard() == "a: told 2");
}

TEST_CASE("an object breaks when the disk or memory fails, and is there again afterwards") {
  world w;
  w.tell("a", "add x");
  w.fail_one(GENERATE(commit_outcome::io_error, commit_outcome::out_of_memory));
  CHECK(w.heard() == "a: broken");
  CHECK(w.writer.noted() == 1);
  w.tell("a", "add x");
  w.commit_one();
  CHECK(w.heard() == "a: x=1");
}

TEST_CASE("two turns inside one uncommitted window see each other's writes") {
  world w;
  w.tell("a", "add x");
  w.tell("a", "add x");
  w.commit_one();
  w.commit_one();
  w.pass_time(std::chrono::seconds(11));
  w.heard();
  w.tell("a", "show x");
  CHECK(w.heard() == "a: x=2");
}

TEST_CASE("an object that lost its footing waits for what it had sent to the disk") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.heard();
  w.tell("a", "add x");  // under way when the next turn fails
  SECTION("because the disk fails a read") {
    w.fickle->fails = true;
    w.tell("a", "look y");
    w.fickle->fails = false;
  }
  SECTION("because of a bug") {
    w.tell("a", "crash");
  }
  CHECK(w.heard() == "a: broken");
  w.tell("a", "add x");
  w.commit_one();
  w.commit_one();
  CHECK(w.heard() == "a: x=3");
}

TEST_CASE("an object does not end while the disk has something of it, lost footing or not") {
  world w;
  w.tell("a", "add x");
  w.tell("a", "crash");
  CHECK(w.heard() == "a: broken");
  w.pass_time(std::chrono::seconds(60));
  CHECK(w.observed.awake == 1);
  w.commit_one();
  w.pass_time(std::chrono::seconds(60));
  CHECK(w.observed.awake == 0);
  w.tell("a", "show x");
  CHECK(w.heard() == "a: x=1");
}

TEST_CASE("an object that waited for the disk is idle only from when its words have left") {
  world w;
  w.tell("a", "add x");
  w.pass_time(std::chrono::seconds(12));
  w.commit_one();
  CHECK(w.heard() == "a: x=1");
  w.pass_time(std::chrono::seconds(5));
  CHECK(w.observed.awake == 1);
  w.pass_time(std::chrono::seconds(6));
  CHECK(w.observed.awake == 0);
}
