#include "actors/room/sessions.hpp"

#include <catch2/catch.hpp>

#include "actors/room/room_tables.hpp"
#include "tests/room/fake_view.hpp"

namespace innkeeper::room {
namespace {

using testing::fake_view;

session ann() {
  session who;
  who.suffix = 3;
  who.properties = R"({"name":"Ann","_x":1})";
  who.public_properties = R"({"name":"Ann"})";
  who.last_seen_ms = 7;
  return who;
}

fake_view storing(const std::string& id, session who) {
  storage::write_batch batch;
  room_size size;
  session_book::write(id, who, batch, size);
  fake_view stored;
  stored.apply(batch);
  return stored;
}

TEST_CASE("a session that never was is not found") {
  session_book book;
  CHECK(book.find("ann", fake_view()) == nullptr);
}

TEST_CASE("a session is found as it was stored, with its public properties told apart") {
  const auto stored = storing("ann", ann());
  session_book book;
  const auto* found = book.find("ann", stored);
  REQUIRE(found != nullptr);
  CHECK(found->suffix == 3);
  CHECK(found->properties == ann().properties);
  CHECK(found->public_properties == ann().public_properties);
  CHECK(found->last_seen_ms == 7);
  CHECK_FALSE(found->subscribed.has_value());
  CHECK(book.find("Ann", stored) == nullptr);
}

TEST_CASE("a session's subscriptions are stored, and that there were some once") {
  auto who = ann();
  sockets::subscriptions channels;
  who.subscribe_to(channels);
  session_book emptied;
  const auto* found = emptied.find("ann", storing("ann", who));
  REQUIRE(found->subscribed.has_value());
  CHECK(found->subscribed->empty());

  channels.add(sockets::topic("poll", "p"));
  who.subscribe_to(channels);
  session_book book;
  CHECK(book.find("ann", storing("ann", who))->subscribed == who.subscribed);
}

TEST_CASE("a session that has subscribed to nothing yet has no subscriptions in its row") {
  const auto columns = storing("ann", ann()).get(tables::sessions, {"ann"});
  REQUIRE(columns.has_value());
  CHECK(columns->at(2) == storage::value());
}

TEST_CASE("a session with an open socket is not read again") {
  session_book book;
  book.put("ann", ann());
  auto* found = book.find("ann", fake_view());
  REQUIRE(found != nullptr);
  found->suffix = 9;
  CHECK(book.find("ann", storing("ann", ann()))->suffix == 9);
}

TEST_CASE("a session put again takes the place of what was known") {
  session_book book;
  book.put("ann", ann());
  book.put("ann", session());
  CHECK(book.find("ann", fake_view())->suffix == 0);
}

TEST_CASE("a session that was forgotten is read from its row") {
  session_book book;
  book.put("ann", session());
  book.forget("ann");
  CHECK(book.find("ann", fake_view()) == nullptr);
  CHECK(book.find("ann", storing("ann", ann()))->suffix == 3);
}

TEST_CASE("a session shows its subscriptions once it has had any") {
  auto who = ann();
  CHECK(who.shown_properties() == who.properties);
  sockets::subscriptions channels;
  who.subscribe_to(channels);
  CHECK(who.shown_properties() == R"({"name":"Ann","_x":1,"subscriptions":{}})");
  channels.add(sockets::topic("poll"));
  who.subscribe_to(channels);
  CHECK(who.shown_properties() == R"({"name":"Ann","_x":1,"subscriptions":{"poll":{"all":true}}})");
}

}  // namespace
}  // namespace innkeeper::room
