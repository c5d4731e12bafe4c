#include <catch2/catch.hpp>

#include "tests/durable/world.hpp"

using namespace std::chrono_literals;
using innkeeper::storage::commit_outcome;
using innkeeper::testing::world;

namespace {

/// 'a' has stored x=1, and its client knows.
void add_one(world& w) {
  w.tell("a", "add x");
  w.commit_one();
  w.heard();
}

}  // namespace

TEST_CASE("an awake object whose rows were changed by hand reads them anew and tells of it") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.tell("b", "add x");
  w.commit_one();
  w.heard();
  w.edit("a", "x", 5);
  CHECK(w.heard() == "a: edited x=5");
  w.tell("a", "add x");
  w.commit_one();
  w.tell("b", "show x");
  CHECK(w.heard() == "a: x=6 | b: x=1");
  CHECK(w.kind->made == 3);  // nobody else was read anew
}

TEST_CASE("what is under way for an object is answered when its rows are changed by hand") {
  world w;
  add_one(w);
  w.tell("a", "add x");
  w.tell("a", "show x");
  w.edit("a", "x", 5);
  // Its batch may still be committed: until the writer has said what became of it, nothing is read.
  CHECK(w.heard() == "a: no room for x | a: no room for x");
  w.fail_one(commit_outcome::edited);
  CHECK(w.heard() == "a: edited x=5");
  w.tell("a", "add x");
  w.commit_one();
  CHECK(w.heard() == "a: x=6");
}

TEST_CASE("an object may hear from the writer first that its rows were changed by hand") {
  world w;
  add_one(w);
  w.tell("a", "add x");
  w.fail_one(commit_outcome::edited);
  CHECK(w.heard() == "a: no room for x");
  w.edit("a", "x", 5);
  CHECK(w.heard() == "a: edited x=5");
}

TEST_CASE("a sleeping object wakes when its rows are changed by hand, with what it left behind") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.pass_time_committing(1h);
  REQUIRE(w.observed.awake == 0);
  w.heard();
  w.edit("a", "x", 5);
  CHECK(w.heard() == "a: edited x=5");
  w.tell("a", "told");
  CHECK(w.heard() == "a: told 2");
}

TEST_CASE("an object that is asked to sleep hears of an edit when it has made up its mind") {
  world w;
  add_one(w);
  w.pass_time(1h);
  w.edit("a", "x", 5);
  CHECK(w.heard() == "a: edited x=5");
  w.tell("a", "show x");
  CHECK(w.heard() == "a: x=5");
}

TEST_CASE("an object that was deleted by hand gets a new number") {
  world w;
  add_one(w);
  const auto number = w.edit("a", "x", 5);
  w.heard();
  w.erase(number);
  CHECK(w.heard() == "a: edited x=0");
  w.tell("a", "add x");
  w.commit_one();
  CHECK(w.heard() == "a: x=1");
  CHECK(w.reader->find_object("tally", "a").value()->number > number);
}

TEST_CASE("a sleeping object hears of each edit, not of the first alone") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  for (const int count : {5, 6, 7}) {
    w.pass_time_committing(1h);
    REQUIRE(w.observed.awake == 0);
    w.heard();
    w.edit("a", "x", count);
    CHECK(w.heard() == "a: edited x=" + std::to_string(count));
  }
}

TEST_CASE("what an object has said since it was read anew is not taken back") {
  world w;
  add_one(w);
  w.tell("a", "add x");
  w.fail_one(commit_outcome::edited);
  CHECK(w.heard() == "a: no room for x");
  const auto known = w.numbers.next_instance.load();
  w.tell("a", "add x");  // read anew before its directory knows of the edit
  w.tell_of_edit("a", "x", known);
  CHECK(w.heard() == "");
  w.commit_one();
  CHECK(w.heard() == "a: x=2 | a: edited x=2");
}

TEST_CASE("clients hear of an edit though what was before it at the gate was not stored") {
  world w;
  add_one(w);
  w.tell("a", "add x");
  w.tell_of_edit("a", "x", 0);  // of a time before this life
  CHECK(w.heard() == "");
  w.fail_one(commit_outcome::storage_full);
  CHECK(w.heard() == "a: no room for x | a: edited x=1");
}
