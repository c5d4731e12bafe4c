#include "actors/room/admin_auth.hpp"

#include <algorithm>
#include <cctype>

#include <catch2/catch.hpp>

#include "actors/room/room_tables.hpp"
#include "proto/digest.hpp"
#include "proto/limits.hpp"
#include "tests/room/fake_view.hpp"

namespace innkeeper::room {
namespace {

using proto::error_code;
using testing::fake_view;

constexpr std::int64_t timestamp = 1'631'756'233'699;
const std::string signing_key = "deadbeef";
const std::string good_key = "89d88bb54565ea81c0d31c817eddba48c2fbbb0414fb4bb87c799bb2e824804a";

room::authenticate_message key_for(std::int64_t timestamp_ms) {
  return {timestamp_ms, proto::sha256_hex("testRoom" + std::to_string(timestamp_ms) + signing_key)};
}

/// A gate in front of rows that remember; time stands where it is put.
struct guarded {
  std::optional<proto::protocol_error> try_key(const std::string& session,
                                               const room::authenticate_message& tried) {
    storage::write_batch writes;
    auto refused = gate.try_key("testRoom", session, tried, {now_ms, stored}, writes);
    const bool nothing_changed_if_refused = !refused || writes.empty();
    CHECK(nothing_changed_if_refused);
    stored.apply(writes);
    return refused;
  }

  std::optional<error_code> refusal(const std::string& session,
                                    const room::authenticate_message& tried) {
    const auto refused = try_key(session, tried);
    return refused ? std::optional(refused->code) : std::nullopt;
  }

  admin_auth gate{signing_key};
  fake_view stored;
  std::int64_t now_ms = timestamp;
};

TEST_CASE("the protocol's example key makes an admin") {
  guarded room;
  CHECK_FALSE(room.refusal("ann", {timestamp, good_key}).has_value());
  CHECK(room.stored.count(tables::used_keys) == 1);
}

TEST_CASE("a key for another room, time or signing key is wrong") {
  guarded room;
  CHECK(room.refusal("ann", {timestamp + 1, good_key}) == error_code::wrong_key);
  CHECK(room.refusal("ann", {timestamp, ""}) == error_code::wrong_key);
  room.gate = admin_auth("deadbeee");
  CHECK(room.refusal("ann", {timestamp, good_key}) == error_code::wrong_key);
}

TEST_CASE("without a signing key admin login is off") {
  guarded room;
  room.gate = admin_auth("");
  const auto key = proto::sha256_hex("testRoom" + std::to_string(timestamp));
  CHECK(room.refusal("ann", {timestamp, key}) == error_code::admin_off);
}

TEST_CASE("a timestamp is good for 5 minutes to both sides and not a millisecond more") {
  guarded room;
  const auto tried = key_for(timestamp);
  const std::int64_t sign = GENERATE(-1, 1);
  room.now_ms = timestamp + sign * (proto::admin_key_window_ms + 1);
  CHECK(room.refusal("ann", tried) == error_code::wrong_timestamp);
  room.now_ms = timestamp + sign * proto::admin_key_window_ms;
  CHECK_FALSE(room.refusal("ann", tried).has_value());
}

TEST_CASE("a wrong timestamp is answered in the original's words") {
  guarded room;
  room.now_ms = timestamp + 300'001;
  const auto late = room.try_key("ann", key_for(timestamp));
  REQUIRE(late.has_value());
  CHECK(late->sentence ==
        "Wrong timestamp. Received 1631756233699 but now is 1631756533700 Diff is 300001");
  room.now_ms = timestamp - 300'001;
  CHECK(room.try_key("ann", key_for(timestamp))->sentence ==
        "Wrong timestamp. Received 1631756233699 but now is 1631755933698 Diff is 300001");
}

TEST_CASE("a timestamp is looked at before the key") {
  guarded room;
  CHECK(room.refusal("ann", {0, "nonsense"}) == error_code::wrong_timestamp);
}

TEST_CASE("a key that one session has used is refused to every other, and good for itself") {
  guarded room;
  REQUIRE_FALSE(room.refusal("ann", key_for(timestamp)).has_value());
  CHECK(room.refusal("bob", key_for(timestamp)) == error_code::key_used);
  CHECK_FALSE(room.refusal("ann", key_for(timestamp)).has_value());
  CHECK_FALSE(room.refusal("bob", key_for(timestamp + 1)).has_value());
}

TEST_CASE("a used key is refused in upper case too") {
  guarded room;
  auto upper = key_for(timestamp);
  std::ranges::transform(upper.key, upper.key.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  REQUIRE_FALSE(room.refusal("ann", key_for(timestamp)).has_value());
  CHECK(room.refusal("bob", upper) == error_code::key_used);
  CHECK_FALSE(room.refusal("ann", upper).has_value());
  CHECK(room.stored.count(tables::used_keys) == 1);
}

TEST_CASE("a key that was refused is not used") {
  guarded room;
  room.now_ms = timestamp + proto::admin_key_window_ms + 1;
  CHECK(room.refusal("ann", key_for(timestamp)) == error_code::wrong_timestamp);
  room.now_ms = timestamp;
  CHECK_FALSE(room.refusal("bob", key_for(timestamp)).has_value());
}

TEST_CASE("a used key is refused to others for as long as its timestamp is good") {
  guarded room;
  room.now_ms = timestamp - proto::admin_key_window_ms;
  REQUIRE_FALSE(room.refusal("ann", key_for(timestamp)).has_value());
  room.now_ms = timestamp + proto::admin_key_window_ms;
  // Other keys come and sweep out what has run out.
  REQUIRE_FALSE(room.refusal("carol", key_for(room.now_ms)).has_value());
  CHECK(room.refusal("bob", key_for(timestamp)) == error_code::key_used);
}

TEST_CASE("keys whose timestamp has run out are swept out when the next one comes") {
  guarded room;
  for (std::int64_t i = 0; i < 5; ++i) {
    REQUIRE_FALSE(room.refusal("ann", key_for(timestamp + i)).has_value());
  }
  room.now_ms = timestamp + 4 + proto::admin_key_window_ms;
  REQUIRE_FALSE(room.refusal("ann", key_for(room.now_ms)).has_value());
  // The last of the five is good to this ms; a row tells until when others were erased.
  CHECK(room.stored.count(tables::used_keys) == 3);
}

TEST_CASE("the file holds no key") {
  guarded room;
  REQUIRE_FALSE(room.refusal("ann", key_for(timestamp)).has_value());
  CHECK_FALSE(room.stored.get(tables::used_keys, {key_for(timestamp).key}).has_value());
}

TEST_CASE(
    "a used key is good for nobody else, though its time was over and the clock is set back") {
  guarded room;
  const auto minute = std::int64_t{60'000};
  CHECK_FALSE(room.refusal("ann", key_for(timestamp)).has_value());
  CHECK_FALSE(room.refusal("ann", key_for(timestamp + 1)).has_value());
  room.now_ms = timestamp + 10 * minute;
  CHECK_FALSE(room.refusal("bob", key_for(room.now_ms)).has_value());
  CHECK_FALSE(room.refusal("bob", key_for(room.now_ms + 1)).has_value());
  room.now_ms = timestamp;
  CHECK(room.refusal("eve", key_for(timestamp)) == error_code::key_used);
  CHECK(room.refusal("eve", key_for(timestamp + 1)) == error_code::key_used);
  CHECK_FALSE(room.refusal("eve", key_for(timestamp + 2)).has_value());
}

TEST_CASE("of keys whose time is over only one row stays") {
  guarded room;
  for (int i = 0; i < 50; ++i) CHECK_FALSE(room.refusal("ann", key_for(timestamp + i)).has_value());
  room.now_ms = timestamp + 10 * 60'000;
  CHECK_FALSE(room.refusal("ann", key_for(room.now_ms)).has_value());
  CHECK(room.stored.count(tables::used_keys) == 2);
}

}  // namespace
}  // namespace innkeeper::room
