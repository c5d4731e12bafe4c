#include <catch2/catch.hpp>

#include "actors/room/room_tables.hpp"
#include "tests/room/guests.hpp"

namespace innkeeper::room {
namespace {

using testing::guests;
using testing::lines;

constexpr auto day_ms = std::int64_t{24} * 3600 * 1000;

/// Ann has voted and counted, and is subscribed to it all.
struct busy_room : guests {
  busy_room() {
    join(1, "ann");
    say(1, "ann", R"({"type":"poll","data":{"id":"p","answer":"x"}})");
    say(1, "ann", R"({"type":"counter","data":{"id":"c","value":5}})");
  }

  void change(const storage::table& table, storage::row key, std::optional<storage::row> columns) {
    storage::write_batch by_hand;
    by_hand.writes.push_back({&table, std::move(key), std::move(columns)});
    stored.apply(by_hand);
  }
};

TEST_CASE("a counter that was set by hand is told, and counted on from") {
  busy_room here;
  here.change(tables::counters, {"c"}, storage::row{"100"});
  CHECK(here.edited({{1, "counter", "c"}}) ==
        lines{testing::published("counter:c",
                                 R"({"type":"counter","data":{"id":"c","value":100}})")});
  CHECK(here.say(1, "ann", R"({"type":"counter","data":{"id":"c","value":1}})") ==
        lines{testing::published("counter:c",
                                 R"({"type":"counter","data":{"id":"c","value":101}})")});
}

TEST_CASE("a counter that was deleted by hand is told as nothing, and begins there") {
  busy_room here;
  here.change(tables::counters, {"c"}, std::nullopt);
  CHECK(
      here.edited({{1, "counter", "c"}}) ==
      lines{testing::published("counter:c", R"({"type":"counter","data":{"id":"c","value":0}})")});
  CHECK(
      here.say(1, "ann", R"({"type":"counter","data":{"id":"c","value":1}})") ==
      lines{testing::published("counter:c", R"({"type":"counter","data":{"id":"c","value":1}})")});
}

TEST_CASE("a poll that was deleted by hand is told without votes, and counts from none") {
  busy_room here;
  here.change(tables::tallies, {"p", "x"}, std::nullopt);
  here.change(tables::votes, {"p", "ann"}, std::nullopt);
  CHECK(here.edited({{1, "poll", "p"}}) ==
        lines{testing::published("poll:p", R"({"type":"poll","data":{"id":"p","stats":{}}})")});
  CHECK(
      here.say(1, "ann", R"({"type":"poll","data":{"id":"p","answer":"y"}})") ==
      lines{testing::published("poll:p", R"({"type":"poll","data":{"id":"p","stats":{"y":1}}})")});
}

TEST_CASE("a config that was changed by hand is told to everybody") {
  busy_room here;
  using i = std::int64_t;
  here.change(tables::states, {}, storage::row{"by hand", i{1}, i{0}, i{1}, i{0}});
  CHECK(here.edited({{1, "config", ""}}) ==
        lines{testing::to_all(R"({"type":"config","data":"by hand"})")});
  CHECK(here.details()["config"] == "by hand");
}

TEST_CASE("the sockets of a session that was deleted by hand are closed, and nobody else's") {
  busy_room here;
  here.join(2, "bob");
  here.join(3, "ann");
  here.change(tables::sessions, {"ann"}, std::nullopt);
  CHECK(here.edited({{1, "session", "ann"}}) == lines{testing::closed(1), testing::closed(3)});
}

TEST_CASE("a room that was deleted by hand sends everybody away, whatever else was changed") {
  busy_room here;
  CHECK(here.edited({{1, "config", ""}, {1, "object", ""}}) == lines{"close all"});
}

TEST_CASE("a step of the clock changes neither the uptime nor whom a room remembers") {
  guests here;
  here.join(1, "ann");
  here.leave(1, "ann", true);
  here.now_ms += 5000;
  const auto step = GENERATE(400 * day_ms, -400 * day_ms);
  here.set_clock(step);
  CHECK(here.details()["uptime"] == 5000);
  here.ring();
  CHECK(here.stored.count(tables::sessions) == 1);
  REQUIRE(here.alarm_ms.has_value());
  CHECK(*here.alarm_ms == here.now_ms + room_rules::default_session_ttl_ms - 5000);
}

TEST_CASE("a session that came while the clock was wrong lives as long as others") {
  guests here;
  const auto step = GENERATE(-20'000 * day_ms, 400 * day_ms);
  here.set_clock(step);
  here.join(1, "ann");
  here.leave(1, "ann", true);
  here.set_clock(-step);
  here.now_ms += room_rules::default_session_ttl_ms - 1;
  here.ring();
  CHECK(here.stored.count(tables::sessions) == 1);
  here.now_ms += 1;
  here.ring();
  CHECK(here.stored.count(tables::sessions) == 0);
}

TEST_CASE("an alarm that was set while the clock was ahead is set anew by whoever comes") {
  guests here;
  here.set_clock(400 * day_ms);
  here.join(1, "ann");
  here.set_clock(-400 * day_ms);
  here.join(2, "bob");
  CHECK(here.alarm_ms == here.now_ms + room_rules::default_session_ttl_ms);
}

TEST_CASE("limits of a minute are there again after a minute, though the clock was set back") {
  guests here;
  const auto guess = [&] {
    const auto said =
        here.say(1, "ann",
                 R"({"type":"authenticate","data":{"ts":)" + std::to_string(here.now_ms) +
                     R"(,"key":")" + std::string(64, 'a') + R"("}})");
    return said.at(0);
  };
  here.join(1, "ann");
  for (int i = 0; i < 5; ++i) CHECK(guess().ends_with("error wrong_key"));
  CHECK(guess().ends_with("error rate_limited"));
  here.set_clock(-day_ms);
  here.now_ms += 60'000;
  CHECK(guess().ends_with("error wrong_key"));
}

TEST_CASE("errors are counted by their codes, and failed logins told of without the key") {
  guests here;
  here.join(1, "ann");
  here.say(1, "ann", R"({"type":"config","data":"x"})");
  here.say(1, "ann", R"({"type":"authenticate","data":{"ts":1,"key":"0123456789"}})");
  CHECK(here.health->errors() == std::map<std::string, std::uint64_t, std::less<>>{
                                     {"forbidden", 1}, {"wrong_timestamp", 1}});
  const auto told =
      here.health->troubles()[static_cast<std::size_t>(health::reason::admin_login_failed)];
  CHECK(told.count == 1);
  CHECK(told.detail == "in room 'testRoom': wrong_timestamp");
}

}  // namespace
}  // namespace innkeeper::room
