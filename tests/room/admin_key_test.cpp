#include "actors/room/admin_key.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::room {
namespace {

// The protocol's own example.
const std::string room_name = "testRoom";
const std::string timestamp = "1631756233699";
const std::string signing_key = "deadbeef";
const std::string good_key = "89d88bb54565ea81c0d31c817eddba48c2fbbb0414fb4bb87c799bb2e824804a";

TEST_CASE("the protocol's example key opens its room at its time") {
  CHECK(is_admin_key(good_key, room_name, timestamp, signing_key));
}

TEST_CASE("an admin key is good in upper case too") {
  CHECK(is_admin_key("89D88BB54565EA81C0D31C817EDDBA48C2FBBB0414FB4BB87C799BB2E824804A", room_name,
                     timestamp, signing_key));
  CHECK(is_admin_key("89d88bb54565ea81c0d31c817eddba48C2FBBB0414FB4BB87C799BB2E824804A", room_name,
                     timestamp, signing_key));
}

TEST_CASE("an admin key fits one room, one timestamp and one signing key only") {
  CHECK_FALSE(is_admin_key(good_key, "testroom", timestamp, signing_key));
  CHECK_FALSE(is_admin_key(good_key, room_name, "1631756233698", signing_key));
  CHECK_FALSE(is_admin_key(good_key, room_name, timestamp, "deadbee"));
}

TEST_CASE("an admin key with a digit changed, missing or added is wrong") {
  auto changed = good_key;
  const auto place = GENERATE(std::size_t{0}, std::size_t{31}, std::size_t{63});
  changed[place] = changed[place] == '0' ? '1' : '0';
  CHECK_FALSE(is_admin_key(changed, room_name, timestamp, signing_key));
  CHECK_FALSE(is_admin_key(good_key.substr(0, 63), room_name, timestamp, signing_key));
  CHECK_FALSE(is_admin_key(good_key + "a", room_name, timestamp, signing_key));
  CHECK_FALSE(is_admin_key("", room_name, timestamp, signing_key));
}

}  // namespace
}  // namespace innkeeper::room
