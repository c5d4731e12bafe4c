#include "actors/room/relays.hpp"

#include <catch2/catch.hpp>

#include "proto/limits.hpp"

namespace innkeeper::room {
namespace {

using ids = std::vector<connection_id>;

TEST_CASE("an admin is relayed the types that it asked for") {
  relays all;
  CHECK(all.empty());
  CHECK(all.add(1, "chat"));
  CHECK(all.add(2, "chat"));
  CHECK(all.add(2, ""));
  CHECK(all.admins_for("chat") == ids{1, 2});
  CHECK(all.admins_for("") == ids{2});
  CHECK(all.admins_for("Chat").empty());
  CHECK(all.any_for("chat"));
  CHECK_FALSE(all.any_for("poll"));
}

TEST_CASE("an admin is relayed a type once however often it asked") {
  relays all;
  CHECK(all.add(1, "chat"));
  CHECK(all.add(1, "chat"));
  CHECK(all.admins_for("chat") == ids{1});
}

TEST_CASE("an admin ends its own relay of one type only") {
  relays all;
  all.add(1, "chat");
  all.add(1, "poll");
  all.add(2, "chat");
  all.remove(1, "chat");
  CHECK(all.admins_for("chat") == ids{2});
  CHECK(all.admins_for("poll") == ids{1});
}

TEST_CASE("the empty name is one type, not all of them") {
  relays all;
  all.add(1, "");
  all.add(1, "chat");
  all.remove(1, "");
  CHECK_FALSE(all.any_for(""));
  CHECK(all.any_for("chat"));
}

TEST_CASE("an admin ends all of its own relays, and nobody else's") {
  relays all;
  all.add(1, "chat");
  all.add(1, "poll");
  all.add(2, "poll");
  all.remove(1, std::nullopt);
  CHECK_FALSE(all.any_for("chat"));
  CHECK(all.admins_for("poll") == ids{2});
  all.remove(2, std::nullopt);
  CHECK(all.empty());
}

TEST_CASE("ending a relay that is none changes nothing") {
  relays all;
  all.add(1, "chat");
  all.remove(1, "poll");
  all.remove(2, "chat");
  all.remove(2, std::nullopt);
  CHECK(all.admins_for("chat") == ids{1});
}

TEST_CASE("an admin has 128 relays and not 129, whatever others have") {
  relays all;
  for (std::size_t i = 0; i < proto::relays_max; ++i) REQUIRE(all.add(1, std::to_string(i)));
  CHECK_FALSE(all.add(1, "one more"));
  CHECK_FALSE(all.any_for("one more"));
  CHECK(all.add(1, "0"));
  CHECK(all.add(2, "one more"));
  all.remove(1, "0");
  CHECK(all.add(1, "one more"));
}

}  // namespace
}  // namespace innkeeper::room
