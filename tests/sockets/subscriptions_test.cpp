#include "actors/sockets/subscriptions.hpp"

#include <catch2/catch.hpp>

namespace innkeeper::sockets {
namespace {

subscriptions of(std::initializer_list<topic> channels) {
  subscriptions made;
  for (const auto& what : channels) made.add(what);
  return made;
}

TEST_CASE("a topic is added once") {
  subscriptions channels;
  CHECK(channels.empty());
  CHECK(channels.add(topic("poll", "p")));
  CHECK_FALSE(channels.add(topic("poll", "p")));
  CHECK(channels.add(topic("poll")));
  CHECK_FALSE(channels.add(topic("poll")));
  CHECK_FALSE(channels.empty());
}

TEST_CASE("every id counts as one subscription, and an event as a whole as one") {
  CHECK(subscriptions().size() == 0);
  CHECK(of({topic("poll"), topic("poll", "a"), topic("poll", "b"), topic("chat")}).size() == 4);
}

TEST_CASE("a subscription is there under its id, or under 'all'") {
  const auto channels = of({topic("poll"), topic("chat", "x")});
  CHECK(channels.has("poll", every_id));
  CHECK_FALSE(channels.has("poll", "p"));
  CHECK(channels.has("chat", "x"));
  CHECK_FALSE(channels.has("chat", every_id));
  CHECK_FALSE(channels.has("counter", "x"));
}

TEST_CASE("unsubscribing from an event drops it with all its ids") {
  auto channels = of({topic("poll"), topic("poll", "p"), topic("chat")});
  CHECK(channels.remove(topic("poll")));
  CHECK(channels == of({topic("chat")}));
}

TEST_CASE("unsubscribing from an event drops single ids without a general subscription too") {
  auto channels = of({topic("poll", "p"), topic("poll", "q")});
  CHECK(channels.remove(topic("poll")));
  CHECK(channels.empty());
}

TEST_CASE("unsubscribing from an id leaves the general subscription and the other ids") {
  auto channels = of({topic("poll"), topic("poll", "p"), topic("poll", "q")});
  CHECK(channels.remove(topic("poll", "p")));
  CHECK(channels == of({topic("poll"), topic("poll", "q")}));
}

TEST_CASE("unsubscribing from what is not subscribed changes nothing") {
  auto channels = of({topic("poll", "p")});
  CHECK_FALSE(channels.remove(topic("chat")));
  CHECK_FALSE(channels.remove(topic("poll", "q")));
  CHECK_FALSE(channels.remove(topic("chat", "p")));
  CHECK(channels == of({topic("poll", "p")}));
}

TEST_CASE("an event goes with its last id") {
  auto channels = of({topic("poll", "p")});
  CHECK(channels.remove(topic("poll", "p")));
  CHECK(channels.empty());
  CHECK(channels.ids_by_event().empty());
  CHECK(channels.to_json() == "{}");
}

TEST_CASE("subscriptions are shown by event and id, every id as 'all'") {
  CHECK(of({topic("poll"), topic("counter", "x")}).to_json() ==
        R"({"counter":{"x":true},"poll":{"all":true}})");
  CHECK(of({topic("a\"b", "c\\d"), topic("a\"b", "\n")}).to_json() ==
        R"({"a\"b":{"\n":true,"c\\d":true}})");
}

TEST_CASE("subscriptions that were shown are read back the same") {
  const auto channels = of(
      {topic("poll"), topic("poll", "p"), topic("__proto__", "x:y"), topic("caf\xC3\xA9", "\"")});
  CHECK(subscriptions::from_json(channels.to_json()) == channels);
  CHECK(subscriptions::from_json("{}") == subscriptions());
}

TEST_CASE("reading subscriptions leaves out what is none") {
  const std::string text = GENERATE(as<std::string>{}, "", "[]", "nonsense", R"({"poll":1})",
                                    R"({"":{"x":true}})", R"({"poll":{}})");
  CHECK(subscriptions::from_json(text) == subscriptions());
}

}  // namespace
}  // namespace innkeeper::sockets
