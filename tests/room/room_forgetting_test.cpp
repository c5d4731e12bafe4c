#include <catch2/catch.hpp>

#include "actors/room/room_tables.hpp"
#include "tests/room/guests.hpp"

namespace innkeeper::room {
namespace {

using testing::guests;

constexpr auto ttl = room_rules::default_session_ttl_ms;

TEST_CASE("a room sets its alarm for when its first session will have been unseen for too long") {
  guests here;
  here.join(1, "ann");
  CHECK(here.alarm_ms == here.now_ms + ttl);
  here.now_ms += 5000;
  here.join(2, "bob");
  CHECK(here.alarm_ms == here.now_ms - 5000 + ttl);
}

TEST_CASE("a room forgets a session exactly when it has been unseen for the time to live") {
  guests here;
  here.join(1, "ann");
  here.leave(1, "ann", true);
  here.now_ms += ttl - 1;
  here.ring();
  CHECK(here.stored.count(tables::sessions) == 1);
  CHECK(here.alarm_ms == here.now_ms + 1);
  here.now_ms += 1;
  here.ring();
  CHECK(here.stored.count(tables::sessions) == 0);
  CHECK_FALSE(here.alarm_ms.has_value());
}

TEST_CASE("a session with an open socket is not forgotten, however long ago it was seen") {
  guests here;
  here.join(1, "ann");
  here.join(2, "bob");
  here.leave(2, "bob", true);
  here.now_ms += 2 * ttl;
  here.ring();
  CHECK(here.stored.count(tables::sessions) == 1);
  CHECK(here.alarm_ms == here.now_ms + ttl);
  here.leave(1, "ann", true);
  here.now_ms += ttl;
  here.ring();
  CHECK(here.stored.count(tables::sessions) == 0);
}

TEST_CASE("a room keeps sessions that were seen later, and comes back for the next of them") {
  guests here;
  here.join(1, "ann");
  here.now_ms += 1000;
  here.join(2, "bob");
  here.now_ms += 1000;
  here.join(3, "cleo");
  for (connection_id who = 1; who <= 3; ++who) {
    here.leave(who, who == 1 ? "ann" : who == 2 ? "bob" : "cleo", true);
  }
  here.now_ms += ttl - 2000;
  here.ring();
  CHECK(here.stored.count(tables::sessions) == 2);
  CHECK(here.alarm_ms == here.now_ms + 1000);
}

TEST_CASE("a forgotten session's vote stays counted, and moves when it returns") {
  guests here;
  here.join(1, "ann");
  here.say(1, "ann", R"({"type":"poll","data":{"id":"p","answer":"a"}})");
  here.leave(1, "ann", true);
  here.now_ms += ttl;
  here.ring();
  CHECK(here.stored.count(tables::sessions) == 0);
  CHECK(here.details()["pollCount"] == 1);
  here.join(2, "ann");
  here.say(2, "ann", R"({"type":"poll","data":{"id":"p","answer":"b"}})");
  CHECK(here.stored.count(tables::votes) == 1);
  CHECK(here.stored.count(tables::tallies) == 1);
}

TEST_CASE("a session whose connection is still there is seen") {
  guests here;
  here.join(1, "ann");
  here.now_ms += ttl - 10;
  here.tell(innkeeper::sockets::keepalive{testing::facts_of("ann")});
  here.now_ms += 10;
  here.ring();
  CHECK(here.stored.count(tables::sessions) == 1);
}

TEST_CASE("a room goes through many sessions page by page and forgets them all") {
  guests here;
  for (connection_id i = 1; i <= 450; ++i) {
    here.join(i, "session " + std::to_string(i));
    here.leave(i, "session " + std::to_string(i), true);
  }
  here.now_ms += ttl;
  int pages = 0;
  for (; here.alarm_ms && *here.alarm_ms <= here.now_ms; ++pages) here.ring();
  CHECK(pages == 3);
  CHECK(here.stored.count(tables::sessions) == 0);
}

}  // namespace
}  // namespace innkeeper::room
