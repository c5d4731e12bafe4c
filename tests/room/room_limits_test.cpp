// The limits of a room as an operator may set them, each at n and n + 1.
#include <catch2/catch.hpp>

#include "actors/room/client_rates.hpp"
#include "actors/room/room_tables.hpp"
#include "proto/digest.hpp"
#include "tests/room/guests.hpp"
#include "tests/room/phrases.hpp"
#include "tests/support/room_rules.hpp"

using namespace innkeeper;
using namespace innkeeper::testing;

namespace {

std::string vote(const std::string& poll, const std::string& answer) {
  return R"({"type":"poll","data":{"id":")" + poll + R"(","answer":")" + answer + R"("}})";
}

std::string login(std::size_t letters) {
  return R"({"type":"login","data":{"n":")" + std::string(letters, 'x') + R"("}})";
}

std::string wrong_key(std::int64_t timestamp_ms) {
  return R"({"type":"authenticate","data":{"ts":)" + std::to_string(timestamp_ms) + R"(,"key":")" +
         std::string(64, 'a') + R"("}})";
}

bool refused(const lines& said, std::string_view code) {
  return !said.empty() && said.front().find("error " + std::string(code)) != std::string::npos;
}

std::int64_t bytes_stored(const guests& room) {
  return storage::as_integer((*room.stored.get(room::tables::states, {}))[2]);
}

std::int64_t sessions_stored(const guests& room) {
  return storage::as_integer((*room.stored.get(room::tables::states, {}))[3]);
}

/// As the view of that name would show it.
void list_as_forgettable(guests& room, const std::string& session, std::int64_t last_seen_ms) {
  storage::write_batch batch;
  batch.put(room::tables::forgettable, {last_seen_ms, session}, {});
  room.stored.apply(batch);
}

proto::limits with(std::size_t proto::limits::*what, std::size_t value) {
  proto::limits bounds;
  bounds.*what = value;
  return bounds;
}

}  // namespace

TEST_CASE("a room stores names and values up to its limit and refuses what goes beyond") {
  // "ann" and her vote: poll, answer, and that it is hers
  guests room("testRoom", with(&proto::limits::room_bytes, 3 + 2 + (1 + 4) + (1 + 3 + 4)));
  room.join(1, "ann");
  CHECK(bytes_stored(room) == 3 + 2);
  CHECK(refused(room.say(1, "ann", vote("p", "abcde")), "limit"));
  CHECK_FALSE(refused(room.say(1, "ann", vote("p", "abcd")), "limit"));
  CHECK(bytes_stored(room) == 18);
  CHECK(refused(room.say(1, "ann", vote("q", "a")), "limit"));
  CHECK(refused(room.say(1, "ann", R"({"type":"counter"})"), "limit"));
  CHECK(refused(room.say(1, "ann", R"({"type":"subscribe","data":"chat"})"), "limit"));
  CHECK(bytes_stored(room) == 18);
  CHECK_FALSE(refused(room.say(1, "ann", vote("p", "abc")), "limit"));
}

TEST_CASE("what sessions keep of themselves fills at most half of a room") {
  // "ann" and her properties {"n":"xxxx"}
  guests room("testRoom", with(&proto::limits::room_bytes, std::size_t{2} * (3 + 12)));
  room.join(1, "ann");
  CHECK(refused(room.say(1, "ann", login(5)), "limit"));
  CHECK_FALSE(refused(room.say(1, "ann", login(4)), "limit"));
  CHECK(bytes_stored(room) == 15);
  CHECK(refused(room.say(1, "ann", R"({"type":"subscribe","data":"chat"})"), "limit"));
  CHECK_FALSE(refused(room.say(1, "ann", vote("p", "a")), "limit"));
  CHECK_FALSE(refused(room.say(1, "ann", login(3)), "limit"));
}

TEST_CASE("a full room lets everybody in, newcomers too") {
  guests room("testRoom", with(&proto::limits::room_bytes, 5));
  for (const auto* who : {"ann", "bob"}) {
    const auto said = room.join(who[0], who);
    CHECK(said.front().find("503") == std::string::npos);
  }
  CHECK(refused(room.say('b', "bob", vote("p", "a")), "limit"));
}

TEST_CASE("a room's size is what its rows hold, however they changed") {
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", vote("lunch", "a"));
  room.say(1, "ann", vote("lunch", "bcd"));
  CHECK(bytes_stored(room) == 3 + 2 + (5 + 3) + (5 + 3 + 3));
  room.say(1, "ann", R"({"type":"counter","data":{"id":"c","value":1}})");
  room.say(1, "ann", R"({"type":"counter","data":{"id":"c","value":100}})");
  CHECK(bytes_stored(room) == 24 + 1 + 36);
  room.restart();
  room.join(2, "bob");
  CHECK(bytes_stored(room) == 61 + 3 + 2);
  CHECK(sessions_stored(room) == 2);
}

TEST_CASE("at the limit on sessions the one unseen for longest makes place") {
  guests room("testRoom", with(&proto::limits::sessions, 3));
  const auto came_ms = room.now_ms;
  room.join(1, "ann");
  room.join(2, "bob");
  room.join(3, "cid");
  room.leave(1, "ann", true);
  room.leave(2, "bob", true);
  list_as_forgettable(room, "ann", came_ms);
  list_as_forgettable(room, "bob", came_ms);
  room.join(4, "dee");
  CHECK_FALSE(room.stored.get(room::tables::sessions, {"ann"}).has_value());
  CHECK(room.stored.get(room::tables::sessions, {"bob"}).has_value());
  CHECK(sessions_stored(room) == 3);
}

TEST_CASE("a session with a socket, a vote or a login is not forgotten to make place") {
  guests room("testRoom", with(&proto::limits::sessions, 3));
  const auto came_ms = room.now_ms;
  room.join(1, "ann");
  room.join(2, "bob");
  room.join(3, "cid");
  room.say(2, "bob", vote("lunch", "a"));
  room.say(3, "cid", login(1));
  room.leave(2, "bob", true);
  room.leave(3, "cid", true);
  for (const auto* each : {"ann", "bob", "cid"}) list_as_forgettable(room, each, came_ms);
  CHECK(room.join(4, "dee").front().find("503") != std::string::npos);
  CHECK(sessions_stored(room) == 3);
}

TEST_CASE("a poll's stats frame takes an answer that fills it and refuses the next") {
  const std::string frame = R"({"type":"poll","data":{"id":"p","stats":{"a":1}}})";
  SECTION("at the limit") {
    guests room("testRoom", with(&proto::limits::stats_bytes, frame.size()));
    room.join(1, "ann");
    CHECK_FALSE(refused(room.say(1, "ann", vote("p", "a")), "limit"));
  }
  SECTION("one less") {
    guests room("testRoom", with(&proto::limits::stats_bytes, frame.size() - 1));
    room.join(1, "ann");
    CHECK(refused(room.say(1, "ann", vote("p", "a")), "limit"));
  }
}

TEST_CASE("limits on polls, answers, counters and subscriptions are those of the operator") {
  proto::limits bounds;
  bounds.polls = bounds.answers = bounds.counters = bounds.subscriptions = 1;
  guests room("testRoom", bounds);
  room.join(1, "ann");
  room.join(2, "bob");
  CHECK_FALSE(refused(room.say(1, "ann", vote("p", "a")), "limit"));
  CHECK(refused(room.say(1, "ann", vote("q", "a")), "limit"));
  CHECK(refused(room.say(2, "bob", vote("p", "b")), "limit"));
  CHECK_FALSE(
      refused(room.say(1, "ann", R"({"type":"counter","data":{"id":"c","value":1}})"), "limit"));
  CHECK(refused(room.say(1, "ann", R"({"type":"counter","data":{"id":"d","value":1}})"), "limit"));
  CHECK_FALSE(refused(room.say(1, "ann", R"({"type":"subscribe","data":"chat"})"), "limit"));
  CHECK(refused(room.say(1, "ann", R"({"type":"subscribe","data":"poll"})"), "limit"));
}

TEST_CASE("the sixth wrong key within a minute is not looked at, nor a right one behind it") {
  guests room;
  room.join(1, "ann");
  room.join(2, "bob");
  for (int i = 0; i < 5; ++i) {
    CHECK(refused(room.say(1, "ann", wrong_key(room.now_ms)), "wrong_key"));
  }
  CHECK(refused(room.say(1, "ann", wrong_key(room.now_ms)), "rate_limited"));
  CHECK(refused(room.say(1, "ann", login_as_admin("testRoom", room.now_ms)), "rate_limited"));
  CHECK_FALSE(refused(room.say(2, "bob", login_as_admin("testRoom", room.now_ms)), "rate_limited"));
  room.now_ms += 60'000;
  CHECK_FALSE(refused(room.say(1, "ann", login_as_admin("testRoom", room.now_ms)), "rate_limited"));
}

TEST_CASE("only keys that look like keys, inside the window, count as wrong") {
  guests room;
  room.join(1, "ann");
  for (int i = 0; i < 10; ++i) {
    CHECK(refused(room.say(1, "ann", wrong_key(0)), "wrong_timestamp"));
    CHECK(refused(room.say(1, "ann",
                           R"({"type":"authenticate","data":{"ts":)" + std::to_string(room.now_ms) +
                               R"(,"key":"typo"}})"),
                  "wrong_key"));
  }
}

TEST_CASE("an address has its wrong keys counted over all its connections") {
  room::client_rates rates{proto::limits{}};
  for (room::connection_id id = 1; id <= 20; ++id) {
    CHECK(rates.may_try_key(id, 7, 0));
    rates.wrong_key(id, 7, 0);
  }
  CHECK_FALSE(rates.may_try_key(21, 7, 0));
  CHECK(rates.may_try_key(21, 8, 0));
  CHECK(rates.may_try_key(21, 0, 0));
}

TEST_CASE("an address makes new rooms up to its burst, and nobody in particular any number") {
  proto::limits bounds;
  bounds.address_rooms_burst = 2;
  room::client_rates rates(bounds);
  CHECK(rates.take_new_room(7, 0));
  CHECK(rates.take_new_room(7, 0));
  CHECK_FALSE(rates.take_new_room(7, 0));
  CHECK(rates.take_new_room(7, 3000));
  for (int i = 0; i < 10; ++i) CHECK(rates.take_new_room(0, 0));
}

TEST_CASE("a room that exists is open to an address that may make no more") {
  proto::limits bounds;
  bounds.address_rooms_burst = 1;
  auto kind = testing::rooms_with(room::admin_auth(""), 1'000'000, bounds);
  fake_view stored;
  const durable::turn now{5000, stored};
  const auto facts =
      std::make_shared<const room::connection_facts>(room::connection_facts{"ann", "{}", 7});
  const auto come = [&](durable::durable_object& to) {
    durable::object_message message =
        room::room_message(room::connection_opened{1, facts, nullptr});
    auto wanted = to.handle(message, now);
    return std::holds_alternative<sockets::accept>(
        std::any_cast<sockets::socket_output&>(wanted.outputs.front()));
  };
  const auto first = kind.make({&kind, "first"});
  const auto second = kind.make({&kind, "second"});
  CHECK(come(*first));
  CHECK_FALSE(come(*second));
  CHECK(come(*first));
}

namespace {

const std::string chat = R"({"type":"chat","data":"hi"})";

/// Twice the 5,000 bytes that are to go along, and a little more for what else a row holds.
proto::limits for_two_of_5000() {
  auto bounds = with(&proto::limits::bytes_per_second, 1000);
  bounds.bytes_burst = 11'000;
  return bounds;
}

std::string of_type(const std::string& type, const std::string& data) {
  return R"({"type":")" + type + R"(","data":)" + data + "}";
}

}  // namespace

TEST_CASE("who carries much along may send less of what takes it along, but all else") {
  const auto [often, again] = GENERATE(table<std::string, std::string>({
      {chat, chat},
      {of_type("profile", "null"), of_type("profile", "null")},
      {of_type("subscribe", "\"a\""), of_type("unsubscribe", "\"a\"")},
  }));
  guests room("testRoom", for_two_of_5000());
  room.join(1, "ann");
  room.join(2, "bob");
  room.say(1, "ann", login(5000));
  CHECK_FALSE(refused(room.say(1, "ann", often), "rate_limited"));
  CHECK_FALSE(refused(room.say(1, "ann", again), "rate_limited"));
  CHECK(refused(room.say(1, "ann", often), "rate_limited"));
  CHECK_FALSE(refused(room.say(1, "ann", vote("lunch", "a")), "rate_limited"));
  CHECK_FALSE(refused(room.say(1, "ann", R"({"type":"counter"})"), "rate_limited"));
  for (int i = 0; i < 100; ++i) CHECK_FALSE(refused(room.say(2, "bob", chat), "rate_limited"));
}

TEST_CASE("a vote counts with all the answers that it makes the room tell") {
  guests room("testRoom", for_two_of_5000());
  room.join(1, "ann");
  for (const auto* who : {"bob", "cid", "dan", "eva", "flo"}) {
    room.say(1, who, vote("lunch", std::string(1000, who[0])));
  }
  CHECK_FALSE(refused(room.say(2, "ann", vote("lunch", "a")), "rate_limited"));
  CHECK_FALSE(refused(room.say(2, "ann", vote("lunch", "b")), "rate_limited"));
  CHECK(refused(room.say(2, "ann", vote("lunch", "c")), "rate_limited"));
  CHECK_FALSE(refused(room.say(2, "ann", vote("dinner", "c")), "rate_limited"));
}

TEST_CASE("coming and going writes a large row no more than once a minute") {
  guests room;
  const auto rows_written = [&](room::connection_id id) {
    const auto before = room.stored.get(room::tables::sessions, {std::string("ann")});
    room.now_ms += 1000;
    room.join(id, "ann");
    return before != room.stored.get(room::tables::sessions, {std::string("ann")});
  };
  room.join(1, "ann");
  CHECK(rows_written(2));
  room.say(1, "ann", login(5000));
  CHECK_FALSE(rows_written(3));
  room.now_ms += 60'000;
  CHECK(rows_written(4));
  CHECK_FALSE(rows_written(5));
}

TEST_CASE("an answer about users holds so many bytes of properties, and all users") {
  constexpr std::size_t properties_bytes = 200'000;
  guests room;
  room.join(1, "ann");
  room.say(1, "ann", login(properties_bytes));
  auto question = testing::asks(room::users_path, 7);
  for (int i = 0; i < 30; ++i) question.members.activity.push_back({"ann", i});
  const auto told = room.tell(std::move(question));
  REQUIRE(told.size() == 1);
  CHECK(told.front().size() > 20 * properties_bytes);
  CHECK(told.front().size() < 21 * properties_bytes);
  CHECK(told.front().find("\"lastCommunication\":29") != std::string::npos);
}

TEST_CASE("all connections of an address may cause as many bytes as twenty of them") {
  proto::limits bounds;
  bounds.bytes_per_second = 1;
  bounds.bytes_burst = 10;
  room::client_rates rates(bounds);
  for (room::connection_id id = 1; id <= proto::connections_at_full_rate; ++id) {
    CHECK(rates.take_further_bytes(id, 7, 10, 0));
  }
  CHECK_FALSE(rates.take_further_bytes(100, 7, 10, 0));
  CHECK(rates.take_further_bytes(101, 8, 10, 0));
  CHECK_FALSE(rates.take_further_bytes(101, 8, 10, 0));
}
