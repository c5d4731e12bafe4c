#define CATCH_CONFIG_MAIN
#include "leaderboard.hpp"

#include <catch2/catch.hpp>

#include "actors/testing/lone_socket_object.hpp"

using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

const texts nobody{R"({"top":[]})"};
const texts ann_seven{R"({"top":[{"player":"ann","score":7}]})"};

struct table : innkeeper::testing::lone_socket_object {
  table() : lone_socket_object(std::make_shared<const leaderboard_kind>()) {}
};

std::string score(const std::string& player, int points) {
  return R"({"player":")" + player + R"(","score":)" + std::to_string(points) + "}";
}

}  // namespace

TEST_CASE("everybody is sent the table when a score comes in") {
  table t;
  const auto ann = t.connect();
  const auto bob = t.connect();
  CHECK(t.heard(bob) == nobody);
  t.heard(ann);
  t.say(ann, score("ann", 7));
  CHECK(t.heard(ann) == ann_seven);
  CHECK(t.heard(bob) == ann_seven);
}

TEST_CASE("only a player's best score counts") {
  table t;
  const auto ann = t.connect();
  t.say(ann, score("ann", 7));
  t.heard(ann);
  t.say(ann, score("ann", 5));
  CHECK(t.heard(ann).empty());
  t.say(ann, score("ann", 9));
  CHECK(t.heard(ann) == texts{R"({"top":[{"player":"ann","score":9}]})"});
}

TEST_CASE("the table shows the ten best, the best first") {
  table t;
  const auto ann = t.connect();
  for (int i = 1; i <= 12; ++i) t.say(ann, score("player " + std::to_string(i), i));
  const auto last = t.heard(ann).back();
  CHECK(last.starts_with(R"({"top":[{"player":"player 12","score":12},)"));
  CHECK(last.ends_with(R"({"player":"player 3","score":3}]})"));
}

TEST_CASE("scores outlast sleep, and a crash") {
  table t;
  const auto ann = t.connect();
  t.say(ann, score("ann", 7));
  t.let_pass(1min);
  CHECK_FALSE(t.is_awake());
  const auto bob = t.connect();
  CHECK(t.heard(bob) == ann_seven);
  t.restart();
  CHECK(t.heard(t.connect()) == ann_seven);
}

TEST_CASE("a score that the disk has no room for counts for nothing") {
  table t;
  const auto ann = t.connect();
  t.heard(ann);
  t.disk_is_full(true);
  t.say(ann, score("ann", 7));
  CHECK(t.heard(ann) == texts{R"({"error":"The disk is full."})"});
  CHECK(t.heard(t.connect()) == nobody);
}

TEST_CASE("what is no score is answered with an error") {
  table t;
  const auto ann = t.connect();
  t.heard(ann);
  const std::string wrong = GENERATE(as<std::string>{}, "", "7", "[]", "{}", R"({"player":"ann"})",
                                     R"({"player":1,"score":1})", R"({"player":"ann","score":1.5})",
                                     R"({"player":"","score":1})");
  t.say(ann, wrong);
  CHECK(t.heard(ann).at(0).starts_with(R"({"error":)"));
}
