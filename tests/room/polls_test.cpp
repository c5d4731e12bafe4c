#include "actors/room/polls.hpp"

#include <catch2/catch.hpp>

#include "proto/limits.hpp"

namespace innkeeper::room {
namespace {

using room::tallies;

poll_tallies with_polls(std::size_t count) {
  poll_tallies all;
  for (std::size_t i = 0; i < count; ++i) all.cast(std::to_string(i), "a", std::nullopt);
  return all;
}

poll_tallies with_answers(const std::string& poll, std::size_t count) {
  poll_tallies all;
  for (std::size_t i = 0; i < count; ++i) all.cast(poll, std::to_string(i), std::nullopt);
  return all;
}

TEST_CASE("votes are counted by poll and answer") {
  poll_tallies all;
  all.cast("p", "a", std::nullopt);
  all.cast("p", "a", std::nullopt);
  all.cast("p", "b", std::nullopt);
  all.cast("q", "a", std::nullopt);
  REQUIRE(all.find("p") != nullptr);
  CHECK(*all.find("p") == tallies{{"a", 2}, {"b", 1}});
  CHECK(all.votes("p", "a") == 2);
  CHECK(all.votes("q", "a") == 1);
  CHECK(all.votes("q", "b") == 0);
  CHECK(all.votes("r", "a") == 0);
  CHECK(all.find("r") == nullptr);
}

TEST_CASE("voting again moves the vote, and answers without votes do not appear") {
  poll_tallies all;
  all.cast("p", "a", std::nullopt);
  all.cast("p", "b", "a");
  CHECK(*all.find("p") == tallies{{"b", 1}});
}

TEST_CASE("voting for the same answer again changes nothing") {
  poll_tallies all;
  all.cast("p", "a", std::nullopt);
  all.cast("p", "a", "a");
  CHECK(*all.find("p") == tallies{{"a", 1}});
}

TEST_CASE("a poll stays when its last vote is taken back") {
  poll_tallies all;
  all.cast("p", "a", std::nullopt);
  all.take_back("p", "a");
  REQUIRE(all.find("p") != nullptr);
  CHECK(all.find("p")->empty());
  all.take_back("p", "a");
  CHECK(all.find("p")->empty());
}

TEST_CASE("a restored tally goes on counting") {
  poll_tallies all;
  all.restore("p", "a", 5);
  all.cast("p", "a", std::nullopt);
  CHECK(all.votes("p", "a") == 6);
}

TEST_CASE("a room has 200 polls and no room for a 201st") {
  CHECK(with_polls(proto::limits{}.polls - 1)
            .has_room_for("new", "a", std::nullopt, proto::limits()));
  const auto full = with_polls(proto::limits{}.polls);
  CHECK_FALSE(full.has_room_for("new", "a", std::nullopt, proto::limits()));
  CHECK(full.has_room_for("0", "a", std::nullopt, proto::limits()));
  CHECK(full.has_room_for("0", "another", std::nullopt, proto::limits()));
}

TEST_CASE("a poll has 100 answers and no room for a 101st") {
  CHECK(with_answers("p", proto::limits{}.answers - 1)
            .has_room_for("p", "new", std::nullopt, proto::limits()));
  const auto full = with_answers("p", proto::limits{}.answers);
  CHECK_FALSE(full.has_room_for("p", "new", std::nullopt, proto::limits()));
  CHECK(full.has_room_for("p", "0", std::nullopt, proto::limits()));
  CHECK(full.has_room_for("q", "new", std::nullopt, proto::limits()));
}

TEST_CASE("an ephemeral poll has one vote of each session") {
  ephemeral_polls all;
  CHECK(all.empty());
  all.cast("ann", "p", "a");
  all.cast("bob", "p", "a");
  all.cast("ann", "p", "b");
  CHECK(*all.tallies().find("p") == tallies{{"a", 1}, {"b", 1}});
  CHECK_FALSE(all.empty());
}

TEST_CASE("a session's ephemeral votes are forgotten in all the polls it voted in") {
  ephemeral_polls all;
  all.cast("ann", "p", "a");
  all.cast("ann", "q", "a");
  all.cast("bob", "q", "a");
  all.cast("bob", "r", "a");
  CHECK(all.forget("ann") == std::vector<std::string>{"p", "q"});
  CHECK(*all.tallies().find("p") == tallies{});
  CHECK(*all.tallies().find("q") == tallies{{"a", 1}});
  CHECK(*all.tallies().find("r") == tallies{{"a", 1}});
}

TEST_CASE("who has no ephemeral vote has none to forget") {
  ephemeral_polls all;
  all.cast("ann", "p", "a");
  CHECK(all.has_vote_of("ann"));
  CHECK_FALSE(all.has_vote_of("bob"));
  CHECK(all.forget("bob").empty());
  all.forget("ann");
  CHECK_FALSE(all.has_vote_of("ann"));
  CHECK(all.forget("ann").empty());
}

TEST_CASE("an ephemeral poll without votes stays, and takes up one of 200") {
  ephemeral_polls all;
  for (std::size_t i = 0; i < proto::limits{}.polls; ++i) all.cast("ann", std::to_string(i), "a");
  all.forget("ann");
  CHECK(all.tallies().all().size() == proto::limits{}.polls);
  CHECK_FALSE(all.has_room_for("s", "new", "a", proto::limits()));
  CHECK(all.has_room_for("s", "0", "a", proto::limits()));
}

TEST_CASE("an ephemeral poll without votes goes when a new one needs its place") {
  proto::limits two;
  two.polls = 2;
  ephemeral_polls all;
  all.cast("ann", "empty", "a");
  CHECK_FALSE(all.make_place_for("new", two).has_value());
  all.cast("bob", "kept", "a");
  CHECK_FALSE(all.make_place_for("new", two).has_value());
  all.forget("ann");
  CHECK_FALSE(all.make_place_for("kept", two).has_value());
  CHECK(all.make_place_for("new", two) == "empty");
  CHECK(all.tallies().find("empty") == nullptr);
  CHECK(all.has_room_for("s", "new", "a", two));
}

}  // namespace
}  // namespace innkeeper::room
