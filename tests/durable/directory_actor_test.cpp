#include "actors/durable/directory_actor.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include "tests/durable/world.hpp"

using innkeeper::testing::world;
namespace durable = innkeeper::durable;
using namespace std::chrono_literals;

TEST_CASE("an object has one live instance, however many messages come") {
  world w;
  for (int i = 0; i < 5; ++i) w.tell("a", "show x");
  w.tell("b", "show x");
  CHECK(w.kind->made == 2);
  CHECK(w.observed.awake == 2);
}

TEST_CASE("an idle object sleeps and wakes with what it had") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.heard();
  w.pass_time(10s);
  CHECK(w.observed.awake == 0);
  CHECK(w.observed.asleep == 1);
  w.tell("a", "show x");
  CHECK(w.heard() == "a: x=1");
  CHECK(w.kind->made == 2);
  w.tell("a", "told");
  CHECK(w.heard() == "a: told 3");
  CHECK(w.observed.asleep == 0);
}

TEST_CASE("an object that is spoken to does not sleep") {
  world w;
  w.tell("a", "show x");
  for (int i = 0; i < 6; ++i) {
    w.pass_time(4s);
    w.tell("a", "show x");
  }
  CHECK(w.kind->made == 1);
  w.pass_time(10s);
  CHECK(w.observed.awake == 0);
}

TEST_CASE("messages without effect do not keep an object awake") {
  world w;
  w.tell("a", "show x");
  for (int i = 0; i < 3; ++i) {
    w.pass_time(4s);
    w.tell("a", "whisper");
  }
  CHECK(w.observed.awake == 1);  // the last whisper woke it again
  CHECK(w.kind->made == 2);
}

TEST_CASE("a sleeping object takes some messages without waking") {
  world w;
  w.tell("a", "show x");
  w.pass_time(10s);
  w.heard();
  w.tell("a", "are you asleep");
  CHECK(w.heard() == "a: yes");
  CHECK(w.kind->made == 1);
}

TEST_CASE("a sleeping object without attachments leaves nothing behind") {
  world w;
  w.tell("a", "show x");
  w.pass_time(10s);
  CHECK(w.observed.asleep == 1);
  w.tell("a", "forget");
  CHECK(w.observed.asleep == 0);
}

TEST_CASE("an object with something uncommitted does not sleep") {
  world w;
  w.tell("a", "add x");
  w.pass_time(30s);
  CHECK(w.observed.awake == 1);
  w.commit_one();
  CHECK(w.heard() == "a: x=1");
  w.pass_time(10s);
  CHECK(w.observed.awake == 0);
}

TEST_CASE("a message that comes while an object falls asleep is neither lost nor doubled") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.heard();
  w.slip("a", "add x");  // lies in the directory's mailbox when the time is up
  w.pass_time(10s);
  w.slip("a", "add x");
  w.run();
  while (w.writer.waiting() > 0) w.commit_one();
  CHECK(w.heard() == "a: x=2 | a: x=3");
}

TEST_CASE("an object that ends without a word is replaced") {
  world w;
  w.tell("a", "show x");
  w.heard();
  w.tell("a", "nightmare");
  w.heard();
  w.pass_time(std::chrono::seconds(11));
  CHECK(w.heard() == "a: broken | a: go on");
  CHECK(w.observed.awake == 0);
  w.tell("a", "show x");
  CHECK(w.heard() == "a: x=0");
}

TEST_CASE("draining waits for what is under way and says when all objects have ended") {
  world w;
  w.tell("a", "add x");
  w.tell("b", "show x");
  w.heard();
  caf::anon_send(w.directory, innkeeper::durable::drain{nullptr});
  w.run();
  CHECK(w.observed.awake == 1);
  w.commit_one();
  CHECK(w.heard() == "a: x=1");
  CHECK(w.observed.awake == 0);
}

TEST_CASE("a file keeps an object's number over instances and new objects get new ones") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.tell("b", "add x");
  w.commit_one();
  CHECK(w.reader->find_object("tally", "a").value()->number == 1);
  CHECK(w.reader->find_object("tally", "b").value()->number == 2);
  w.pass_time(10s);
  w.tell("a", "add x");
  w.commit_one();
  CHECK(w.reader->find_object("tally", "a").value()->number == 1);
}

TEST_CASE("an object that wakes from its sleep is not looked for by its name") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.pass_time(10s);
  REQUIRE(w.observed.asleep == 1);
  const auto before = w.fickle->lookups;
  w.tell("a", "add x");
  w.commit_one();
  CHECK(w.fickle->lookups == before);
  CHECK(w.heard() == "a: x=1 | a: x=2");
  CHECK(w.reader->find_object("tally", "a").value()->number == 1);
}

TEST_CASE("an object that breaks after its sleep is looked for again") {
  world w;
  w.tell("a", "add x");
  w.commit_one();
  w.pass_time(10s);
  w.tell("a", "spoil x");
  w.commit_one();
  w.heard();
  const auto before = w.fickle->lookups;
  w.tell("a", "show x");
  CHECK(w.heard() == "a: x=1");
  CHECK(w.fickle->lookups == before + 1);
}

TEST_CASE("an object whose first batch was lost has no number that it could wake with") {
  world w;
  w.tell("a", "add x");
  w.fail_one(innkeeper::storage::commit_outcome::storage_full);
  if (GENERATE(false, true)) w.tell("a", "told");
  w.pass_time(10s);
  REQUIRE(w.observed.asleep == 1);
  w.heard();
  w.tell("a", "add x");
  w.commit_one();
  CHECK(w.heard() == "a: x=1");
  CHECK(w.reader->find_object("tally", "a").value().has_value());
}

TEST_CASE("an object that fails outside of its turns takes none of those that wait") {
  world w;
  w.tell("a", "nightmare");
  w.tell("a", "add x");
  w.heard();
  w.slip("a", "told");
  w.writer.fail_one(
      innkeeper::storage::commit_outcome::storage_full);  // it has to fall asleep for that
  w.run();
  CHECK(w.heard() == "a: broken | a: go on");
  w.tell("a", "add x");
  w.commit_one();
  CHECK(w.heard() == "a: x=1");
}

TEST_CASE("a sleeping object that fails is broken, and wakes again") {
  world w;
  w.tell("a", "told");
  w.pass_time(std::chrono::seconds(11));
  REQUIRE(w.observed.asleep == 1);
  w.heard();
  w.tell("a", "talk in your sleep");
  CHECK(w.heard() == "a: broken");
  CHECK(w.observed.asleep == 0);
  w.tell("a", "told");
  CHECK(w.heard() == "a: told 1");
}
