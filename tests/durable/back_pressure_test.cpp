#include "actors/durable/back_pressure.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include "tests/durable/world.hpp"

using innkeeper::durable::back_pressure;
using innkeeper::durable::back_pressure_limits;
using innkeeper::durable::backlog;
using innkeeper::storage::commit_outcome;
using innkeeper::testing::world;

namespace {

constexpr back_pressure_limits small{.turns_max = 4, .bytes_max = 4000, .held_messages_max = 2};

/// Whether an object with this backlog, and none before, is congested.
bool congests(const backlog& now) {
  back_pressure pressure(small);
  static_cast<void>(pressure.update(now));
  return pressure.congested();
}

/// Of an object that cannot answer yet: as often as it may wait, and once more.
void ask_one_too_often(world& w) {
  w.tell("a", "show x");
  w.tell("a", "show x");
  CHECK(w.heard() == "");
  w.tell("a", "show x");
  CHECK(w.heard() == "a: wait");
}

}  // namespace

TEST_CASE("an object is congested one over a limit, and not at it") {
  CHECK_FALSE(congests({.turns = 4, .bytes = 4000, .held_messages = 2}));
  CHECK(congests({.turns = 5}));
  CHECK(congests({.turns = 1, .bytes = 4001}));
  CHECK(congests({.held_messages = 3}));
}

TEST_CASE("an object stays congested until half of every limit is free again") {
  back_pressure pressure(small);
  CHECK(pressure.update({.turns = 5, .bytes = 3900}));
  CHECK_FALSE(pressure.update({.turns = 3, .bytes = 2000}));
  CHECK_FALSE(pressure.update({.turns = 2, .bytes = 2001}));
  CHECK(pressure.congested());
  CHECK(pressure.update({.turns = 2, .bytes = 2000}));
  CHECK_FALSE(pressure.congested());
}

TEST_CASE("while the disk is behind, only objects that wait for it are congested") {
  CHECK_FALSE(congests({.disk_is_behind = true}));
  CHECK(congests({.turns = 1, .disk_is_behind = true}));
  back_pressure pressure(small);
  CHECK(pressure.update({.turns = 2, .disk_is_behind = true}));
  CHECK_FALSE(pressure.update({.turns = 1, .disk_is_behind = true}));
  CHECK(pressure.update({.turns = 0, .disk_is_behind = true}));
}

TEST_CASE("who talks to an object waits while too many of its turns are uncommitted") {
  world w(small);
  for (int i = 0; i < 4; ++i) w.tell("a", "add x");
  CHECK(w.heard() == "");
  w.tell("a", "add x");
  CHECK(w.heard() == "a: wait");
  w.tell("a", "add x");  // was on its way
  w.tell("b", "show x");
  CHECK(w.heard() == "b: x=0");
  for (int i = 0; i < 3; ++i) w.commit_one();
  CHECK(w.heard() == "a: x=1 | a: x=2 | a: x=3");
  w.commit_one();
  CHECK(w.heard() == "a: x=4 | a: go on");
  w.commit_one();
  w.commit_one();
  CHECK(w.heard() == "a: x=5 | a: x=6");
}

TEST_CASE("turns without writes count while they wait behind writes") {
  world w(small);
  for (int i = 0; i < 5; ++i) w.tell("a", "show x");
  CHECK(w.heard() == "a: x=0 | a: x=0 | a: x=0 | a: x=0 | a: x=0");
  w.tell("a", "add x");
  for (int i = 0; i < 4; ++i) w.tell("a", "show x");
  CHECK(w.heard() == "a: wait");
  w.commit_one();
  CHECK(w.heard() == "a: x=1 | a: x=1 | a: x=1 | a: x=1 | a: x=1 | a: go on");
}

TEST_CASE("who talks to an object waits while its uncommitted turns weigh too much") {
  world w(small);
  w.tell("a", "add x");
  CHECK(w.heard() == "");
  w.tell("a", "add " + std::string(4000, 'y'));
  CHECK(w.heard() == "a: wait");
  w.commit_one();
  CHECK(w.heard() == "a: x=1");
  w.commit_one();
  CHECK(w.heard().ends_with("y=1 | a: go on"));
}

TEST_CASE("while the writer is behind, who talks to objects with uncommitted turns waits") {
  world w(small);
  w.writer.behind = true;
  w.tell("a", "show x");
  CHECK(w.heard() == "a: x=0");
  w.tell("a", "add x");
  w.tell("b", "add x");
  CHECK(w.heard() == "a: wait | b: wait");
  w.commit_one();
  CHECK(w.heard() == "a: x=1 | a: go on");  // it has nothing more to wait for
  w.tell("b", "add x");
  w.writer.behind = false;
  w.commit_one();
  CHECK(w.heard() == "b: x=1 | b: go on");
}

TEST_CASE("whatever drops an object's uncommitted turns lets its senders go on") {
  const auto how = GENERATE(commit_outcome::storage_full, commit_outcome::locked,
                            commit_outcome::rejected, commit_outcome::io_error);
  world w(small);
  for (int i = 0; i < 5; ++i) w.tell("a", "add x");
  CHECK(w.heard() == "a: wait");
  w.fail_one(how);
  CHECK(w.heard().ends_with("a: go on"));
  w.tell("a", "show x");
  CHECK(w.heard() == "a: x=0");
}

TEST_CASE("an object that ends without a word keeps nobody waiting") {
  world w(small);
  for (int i = 0; i < 5; ++i) w.tell("a", "add x");
  CHECK(w.heard() == "a: wait");
  w.tell("a", "crash");
  CHECK(w.heard() == "a: broken | a: go on");
}

TEST_CASE("messages that find an object about to be woken do not make anybody wait") {
  world w(small);
  for (int i = 0; i < 3; ++i) w.slip("a", "show x");
  w.run();
  CHECK(w.heard() == "a: x=0 | a: x=0 | a: x=0");
}

TEST_CASE("who talks to an object that may not read its rows yet waits when too many messages do") {
  world w(small);
  w.tell("a", "add x");
  w.fickle->fails = true;
  w.tell("a", "look y");
  w.fickle->fails = false;
  CHECK(w.heard() == "a: broken");
  ask_one_too_often(w);
  w.commit_one();
  CHECK(w.heard() == "a: x=1 | a: x=1 | a: x=1 | a: go on");
}

TEST_CASE("who talks to an object that falls asleep waits when too many messages do") {
  world w(small);
  w.tell("a", "add x");
  caf::anon_send(w.directory, innkeeper::durable::drain{nullptr});
  w.run();
  ask_one_too_often(w);
  w.commit_one();
  CHECK(w.heard() == "a: x=1 | a: go on | a: x=1 | a: x=1 | a: x=1");
}
