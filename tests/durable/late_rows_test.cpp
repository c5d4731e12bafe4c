// Rows that are not here yet: the turn is rolled back and runs again, and later messages wait.
#include <catch2/catch.hpp>

#include "actors/durable/durable_actor.hpp"
#include "tests/durable/world.hpp"

using innkeeper::storage::commit_outcome;
using innkeeper::testing::world;

namespace {

/// Object "a" with x=1, asleep. From now on rows come late.
struct late_world : world {
  late_world() {
    tell("a", "add x");
    commit_one();
    pass_time(std::chrono::seconds(10));
    heard();
    fickle->comes_late = true;
  }
};

}  // namespace

TEST_CASE("an object that lacks rows to hydrate takes its messages when they are here") {
  late_world w;
  w.tell("a", "show x");
  w.tell("a", "show y");
  CHECK(w.heard() == "");
  w.bring_rows();
  CHECK(w.heard() == "a: x=1 | a: y=0");
}

TEST_CASE("each read of a hydration may lack rows") {
  late_world w;
  w.crash();  // so that its number has to be looked up as well
  w.fickle->comes_late = true;
  w.tell("a", "show x");
  w.bring_rows();
  CHECK(w.heard() == "");
  w.bring_rows();
  CHECK(w.heard() == "a: x=1");
  CHECK(w.observed.awake == 1);
}

TEST_CASE("a turn that lacks rows runs again, and later messages wait behind it") {
  late_world w;
  w.tell("a", "show x");
  w.bring_rows();
  w.heard();
  w.tell("a", "look x");
  w.tell("a", "add x");
  w.tell("a", "show x");
  CHECK(w.heard() == "");
  CHECK(w.writer.waiting() == 0);
  w.bring_rows();
  CHECK(w.heard() == "a: x=1");
  w.commit_one();
  CHECK(w.heard() == "a: x=2 | a: x=2");
  w.tell("a", "told");
  CHECK(w.heard() == "a: told 6");  // the first of all was heard before the object slept
}

TEST_CASE("one message after the other may lack rows") {
  late_world w;
  w.tell("a", "look x");
  w.tell("a", "look y");
  w.tell("a", "show x");
  w.bring_rows();
  w.bring_rows();
  CHECK(w.heard() == "a: x=1");
  w.bring_rows();
  CHECK(w.heard() == "a: y=0 | a: x=1");
}

TEST_CASE("what an object left in memory outlasts a hydration that lacks rows") {
  late_world w;
  w.tell("a", "told");
  w.bring_rows();
  CHECK(w.heard() == "a: told 2");
}

TEST_CASE("an object whose rows are on their way neither sleeps nor ends without its turn") {
  late_world w;
  w.tell("a", "look x");
  w.pass_time(std::chrono::minutes(1));
  CHECK(w.observed.awake == 1);
  w.bring_rows();
  w.pass_time(std::chrono::minutes(1));
  w.bring_rows();
  CHECK(w.heard() == "a: x=1");
  w.pass_time(std::chrono::minutes(1));
  CHECK(w.observed.awake == 0);
}

TEST_CASE("a read that fails when its rows should be here breaks the object") {
  late_world w;
  w.tell("a", "look x");
  w.tell("a", "show x");
  w.fickle->fails = true;
  w.bring_rows();
  CHECK(w.heard() == "a: broken");
  w.fickle->fails = false;
  w.tell("a", "show x");
  w.bring_rows();
  CHECK(w.heard() == "a: x=1");
}

TEST_CASE(
    "a commit that fails while a turn lacks rows undoes what it stored, and the turn follows") {
  late_world w;
  w.tell("a", "show x");
  w.bring_rows();
  w.tell("a", "add x");
  w.heard();
  w.tell("a", "look z");
  w.tell("a", "show x");
  w.fail_one(commit_outcome::storage_full);
  CHECK(w.heard() == "a: no room for x");
  w.bring_rows();
  CHECK(w.heard() == "a: z=0 | a: x=1");
}

TEST_CASE("an edit by hand that comes while a turn lacks rows is told behind that turn") {
  late_world w;
  w.tell("a", "show x");
  w.bring_rows();
  w.heard();
  w.tell("a", "look x");
  w.tell("a", "show x");
  w.edit("a", "x", 7);
  CHECK(w.heard() == "");
  w.bring_rows();
  CHECK(w.heard() == "a: x=7 | a: x=7 | a: edited x=7");
}

TEST_CASE("messages that wait behind an edit by hand are not lost") {
  late_world w;
  w.tell("a", "show x");
  w.edit("a", "x", 7);
  w.tell("a", "show x");
  w.bring_rows();
  w.bring_rows();
  CHECK(w.heard() == "a: x=7 | a: edited x=7 | a: x=7");
}
