#include "transport/gateway/object_connections.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

namespace innkeeper::transport {
namespace {

using sockets::topic;
using ids = std::vector<sockets::connection_id>;

/// Writes down what it is given.
class recording_client final : public client_connection {
 public:
  void accept() override { heard.emplace_back("accepted"); }
  void refuse(unsigned int status, const std::string& sentence) override {
    heard.push_back("refused " + std::to_string(status) + " " + sentence);
  }
  void pause_reading() override { heard.emplace_back("paused"); }
  void resume_reading() override { heard.emplace_back("resumed"); }
  void deliver(const proto::frame& frame) override { heard.emplace_back(frame.payload()); }
  void prefetch_outbox() const override { ++fetched; }
  void close(std::uint16_t code, const std::string& reason) override {
    heard.push_back("closed " + std::to_string(code) + " " + reason);
  }

  std::vector<std::string> heard;
  mutable int fetched = 0;
};

sockets::subscriptions channels_of(std::initializer_list<topic> channels) {
  sockets::subscriptions made;
  for (const auto& what : channels) made.add(what);
  return made;
}

/// The connections of a room, told of by number and session. Bystanders want nothing and are not
/// told of: many of them make the room look its hearers up differently.
struct lobby {
  static constexpr sockets::connection_id first_bystander = 1000;

  explicit lobby(sockets::connection_id bystanders = 0) {
    for (auto id = first_bystander; id < first_bystander + bystanders; ++id) {
      enter(id, "bystander " + std::to_string(id));
    }
  }

  connection& arrive(sockets::connection_id id, const std::string& session) {
    auto client = std::make_shared<recording_client>();
    clients[id] = client;
    auto facts =
        std::make_shared<const sockets::connection_facts>(sockets::connection_facts{session, "{}"});
    return room.add(id, std::move(client), std::move(facts), 5);
  }

  void enter(sockets::connection_id id, const std::string& session,
             const sockets::subscriptions& channels = {}) {
    room.admit(arrive(id, session), channels);
  }

  /// Who hears a frame for this channel; twice in the list is heard twice.
  ids hearers(const topic& to) {
    ids heard;
    room.for_each_subscriber(to, [&](connection& who) {
      if (who.id < first_bystander) heard.push_back(who.id);
    });
    std::ranges::sort(heard);
    return heard;
  }

  ids everybody() {
    ids heard;
    room.for_each_admitted([&](connection& who) { heard.push_back(who.id); });
    std::ranges::sort(heard);
    return heard;
  }

  object_connections room{
      std::make_shared<const durable::object_address>(durable::object_address{nullptr, "lobby"})};
  std::map<sockets::connection_id, std::shared_ptr<recording_client>> clients;
};

TEST_CASE("a room's connections know their room, and begin as none") {
  lobby all;
  CHECK(all.room.address()->name == "lobby");
  CHECK(all.room.empty());
  CHECK(all.room.find(1) == nullptr);
  CHECK_FALSE(all.room.remove(1));
}

TEST_CASE("of a crowd each outbox but the first ones is fetched before it is told of, and once") {
  lobby all;
  constexpr sockets::connection_id count = 20;
  for (sockets::connection_id id = 0; id < count; ++id) {
    all.enter(id, std::to_string(id), channels_of({topic("chat")}));
  }
  std::vector<int> fetched;
  all.room.for_each_subscriber(topic("chat"), [&](connection& who) {
    CHECK(who.id == fetched.size());
    fetched.push_back(all.clients.at(who.id)->fetched);
  });
  std::vector<int> expected(count, 1);
  std::fill_n(expected.begin(), memory::prefetch_distance, 0);
  CHECK(fetched == expected);
}

TEST_CASE("a room's connections take over the address that their room speaks by") {
  lobby all;
  const auto own =
      std::make_shared<const durable::object_address>(durable::object_address{nullptr, "lobby"});
  all.room.route_to_object().as_of = 5;
  all.room.be_known_by(own);
  CHECK(all.room.address() == own);
  CHECK(all.room.route_to_object().as_of == 0);
  all.room.route_to_object().as_of = 5;
  all.room.be_known_by(own);
  CHECK(all.room.route_to_object().as_of == 5);
}

TEST_CASE("a connection that was added is found with what is known of it") {
  lobby all;
  all.arrive(1, "ann");
  auto* found = all.room.find(1);
  REQUIRE(found != nullptr);
  CHECK(found->id == 1);
  CHECK(found->facts->session == "ann");
  CHECK(found->role == proto::role::user);
  CHECK_FALSE(found->admitted);
  CHECK(found->last_communication_ms == 5);
  CHECK_FALSE(all.room.empty());
  found->client->deliver(proto::frame("hello"));
  CHECK(all.clients[1]->heard == std::vector<std::string>{"hello"});
}

TEST_CASE("a connection counts and hears nothing before it is admitted") {
  lobby all;
  auto& ann = all.arrive(1, "ann");
  all.room.subscribe("ann", topic("chat"));
  CHECK(all.room.admitted_count() == 0);
  CHECK(all.room.session_count() == 0);
  CHECK(all.everybody().empty());
  CHECK(all.hearers(topic("chat")).empty());
  all.room.admit(ann, channels_of({topic("chat")}));
  CHECK(all.room.admitted_count() == 1);
  CHECK(all.room.session_count() == 1);
  CHECK(all.everybody() == ids{1});
  CHECK(all.hearers(topic("chat")) == ids{1});
}

TEST_CASE("all connections are listed, admitted or not") {
  lobby all;
  all.enter(1, "ann");
  all.arrive(2, "bob");
  auto listed = all.room.ids();
  std::ranges::sort(listed);
  CHECK(listed == ids{1, 2});
}

TEST_CASE("a room counts sockets, and sessions among them") {
  lobby all;
  all.enter(1, "ann");
  all.enter(2, "ann");
  all.enter(3, "bob");
  all.arrive(4, "carol");
  CHECK(all.room.admitted_count() == 3);
  CHECK(all.room.session_count() == 2);
  CHECK(all.everybody() == ids{1, 2, 3});
}

TEST_CASE("sessions are counted in a crowd too, those that nobody has come in by not among them") {
  lobby all(20);
  const auto before = all.room.session_count();
  all.enter(1, "ann");
  all.arrive(2, "ann");
  all.enter(3, "ann");
  all.arrive(4, "carol");
  all.arrive(5, "bob");
  all.enter(6, "bob");
  CHECK(all.room.session_count() == before + 2);
  all.room.remove(1);
  CHECK(all.room.session_count() == before + 2);
  all.room.remove(3);
  CHECK(all.room.session_count() == before + 1);
}

TEST_CASE("who comes in hears what its session was subscribed to before") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("chat"), topic("poll", "p")}));
  all.enter(2, "bob");
  CHECK(all.hearers(topic("chat")) == ids{1});
  CHECK(all.hearers(topic("poll", "p")) == ids{1});
  CHECK(all.hearers(topic("poll", "q")).empty());
}

TEST_CASE("a frame for an id goes to the event's subscribers and to exactly this id's") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("poll")}));
  all.enter(2, "bob", channels_of({topic("poll", "p")}));
  all.enter(3, "carol", channels_of({topic("poll", "q")}));
  all.enter(4, "dave", channels_of({topic("counter", "p")}));
  CHECK(all.hearers(topic("poll", "p")) == ids{1, 2});
  CHECK(all.hearers(topic("poll", "q")) == ids{1, 3});
  CHECK(all.hearers(topic("poll", "r")) == ids{1});
}

TEST_CASE("a frame for an event without an id goes to the event's subscribers alone") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("chat")}));
  all.enter(2, "bob", channels_of({topic("chat", "x")}));
  CHECK(all.hearers(topic("chat")) == ids{1});
}

TEST_CASE("who is subscribed to an event and to an id hears a frame once") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("poll"), topic("poll", "p")}));
  CHECK(all.hearers(topic("poll", "p")) == ids{1});
  all.room.subscribe("ann", topic("poll", "p"));
  all.room.subscribe("ann", topic("poll"));
  CHECK(all.hearers(topic("poll", "p")) == ids{1});
}

TEST_CASE("a frame for an id called 'all' goes to the event's subscribers") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("poll")}));
  all.enter(2, "bob", channels_of({topic("poll", "p")}));
  CHECK(all.hearers(topic("poll", "all")) == ids{1});
}

TEST_CASE("a subscription is for all sockets of the session, those that come later too") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann");
  all.enter(2, "ann");
  all.enter(3, "bob");
  all.room.subscribe("ann", topic("chat"));
  CHECK(all.hearers(topic("chat")) == ids{1, 2});
  all.enter(4, "ann", channels_of({topic("chat")}));
  CHECK(all.hearers(topic("chat")) == ids{1, 2, 4});
}

TEST_CASE("a session is found when the socket has gone that it came with") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann");
  all.enter(2, "ann");
  all.clients.erase(1);
  all.room.remove(1);
  all.room.subscribe("ann", topic("chat"));
  CHECK(all.hearers(topic("chat")) == ids{2});
  all.enter(3, "ann");
  CHECK(all.hearers(topic("chat")) == ids{2, 3});
  all.room.unsubscribe("ann", topic("chat"));
  CHECK(all.hearers(topic("chat")).empty());
}

TEST_CASE("a second socket changes nothing about what its session is subscribed to by now") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("chat")}));
  auto& second = all.arrive(2, "ann");
  all.room.unsubscribe("ann", topic("chat"));
  all.room.subscribe("ann", topic("poll"));
  // What the room said of it when it let it in, before the other two.
  all.room.admit(second, channels_of({topic("chat")}));
  CHECK(all.hearers(topic("chat")).empty());
  CHECK(all.hearers(topic("poll")) == ids{1, 2});
}

TEST_CASE("a session whose sockets come at the same time hears what it was subscribed to before") {
  lobby all(GENERATE(0, 20));
  const auto stored = channels_of({topic("chat")});
  auto& first = all.arrive(1, "ann");
  auto& second = all.arrive(2, "ann");
  all.room.admit(first, stored);
  CHECK(all.hearers(topic("chat")) == ids{1});
  all.room.admit(second, stored);
  CHECK(all.hearers(topic("chat")) == ids{1, 2});
}

TEST_CASE("an unsubscription from an id leaves the general one") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("poll"), topic("poll", "p")}));
  all.room.unsubscribe("ann", topic("poll", "p"));
  CHECK(all.hearers(topic("poll", "p")) == ids{1});
  all.room.unsubscribe("ann", topic("poll"));
  CHECK(all.hearers(topic("poll", "p")).empty());
}

TEST_CASE("an unsubscription without id drops the event with all its ids") {
  lobby all(GENERATE(0, 20));
  const auto channels =
      channels_of({topic("poll"), topic("poll", "p"), topic("poll", "q"), topic("chat")});
  all.enter(1, "ann", channels);
  all.enter(2, "ann");
  all.enter(3, "bob", channels);
  all.room.unsubscribe("ann", topic("poll"));
  CHECK(all.hearers(topic("poll", "p")) == ids{3});
  CHECK(all.hearers(topic("poll", "q")) == ids{3});
  CHECK(all.hearers(topic("poll")) == ids{3});
  CHECK(all.hearers(topic("chat")) == ids{1, 2, 3});
}

TEST_CASE("an unsubscription from what is not subscribed changes nothing") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("poll", "p")}));
  all.room.unsubscribe("ann", topic("chat"));
  all.room.unsubscribe("ann", topic("poll", "q"));
  all.room.unsubscribe("nobody", topic("poll", "p"));
  all.room.subscribe("nobody", topic("poll", "p"));
  CHECK(all.hearers(topic("poll", "p")) == ids{1});
}

TEST_CASE("who unsubscribed can subscribe again") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("poll", "p")}));
  all.room.unsubscribe("ann", topic("poll", "p"));
  all.room.subscribe("ann", topic("poll", "p"));
  CHECK(all.hearers(topic("poll", "p")) == ids{1});
}

TEST_CASE("the last socket of a session is known when it goes") {
  lobby all(GENERATE(0, 20));
  const auto others = all.room.admitted_count();
  all.enter(1, "ann");
  all.arrive(2, "ann");
  all.enter(3, "bob");
  CHECK_FALSE(all.room.remove(1));
  CHECK(all.room.remove(2));
  CHECK(all.room.remove(3));
  CHECK_FALSE(all.room.remove(3));
  CHECK(all.room.empty() == (others == 0));
  CHECK(all.room.admitted_count() == others);
  CHECK(all.room.session_count() == others);
}

TEST_CASE("who is gone hears nothing, and the session's other sockets still do") {
  lobby all(GENERATE(0, 20));
  const auto others = all.everybody();
  const auto channels = channels_of({topic("chat"), topic("poll", "p")});
  all.enter(1, "ann", channels);
  all.enter(2, "ann");
  all.enter(3, "bob", channels);
  all.room.remove(1);
  CHECK(all.room.find(1) == nullptr);
  CHECK(all.hearers(topic("chat")) == ids{2, 3});
  CHECK(all.hearers(topic("poll", "p")) == ids{2, 3});
  ids left{2, 3};
  left.insert(left.end(), others.begin(), others.end());
  CHECK(all.everybody() == left);
  CHECK(all.room.admitted_count() == left.size());
}

TEST_CASE("a connection is let go of when it is removed") {
  lobby all;
  all.enter(1, "ann");
  const std::weak_ptr<recording_client> client = all.clients[1];
  all.clients.clear();
  all.room.remove(1);
  CHECK(client.expired());
}

TEST_CASE("a session that comes back after its last socket begins with what the room says") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("chat")}));
  all.room.remove(1);
  all.enter(2, "ann", channels_of({topic("poll")}));
  CHECK(all.hearers(topic("chat")).empty());
  CHECK(all.hearers(topic("poll")) == ids{2});
}

TEST_CASE("a frame is handed to each hearer's client once, the same bytes to all") {
  lobby all(GENERATE(0, 20));
  all.enter(1, "ann", channels_of({topic("chat")}));
  all.enter(2, "bob", channels_of({topic("chat")}));
  all.enter(3, "carol");
  const proto::frame frame("hi");
  all.room.for_each_subscriber(topic("chat"), [&](connection& who) { who.client->deliver(frame); });
  CHECK(all.clients[1]->heard == std::vector<std::string>{"hi"});
  CHECK(all.clients[2]->heard == std::vector<std::string>{"hi"});
  CHECK(all.clients[3]->heard.empty());
}

TEST_CASE("a room that fills up and empties again finds its hearers all the while") {
  lobby all;
  ids there;
  for (sockets::connection_id id = 1; id <= 12; ++id) {
    all.enter(id, std::to_string(id), channels_of({topic("chat")}));
    all.room.subscribe(std::to_string(id), topic("poll", "lunch"));
    there.push_back(id);
    CHECK(all.hearers(topic("chat")) == there);
    CHECK(all.hearers(topic("poll", "lunch")) == there);
  }
  while (!there.empty()) {
    all.room.remove(there.front());
    there.erase(there.begin());
    CHECK(all.hearers(topic("chat")) == there);
    CHECK(all.hearers(topic("poll", "lunch")) == there);
  }
}

TEST_CASE("while a room has any bottleneck, nothing is read from its sockets") {
  using durable::back_pressure_source;
  using heard = std::vector<std::string>;
  lobby all;
  all.arrive(1, "ann");
  all.room.set_congested(back_pressure_source::commits, true);
  all.room.set_congested(back_pressure_source::commits, true);
  all.room.set_congested(back_pressure_source::waking, true);
  all.arrive(2, "bob");
  CHECK(all.room.congested());
  all.room.set_congested(back_pressure_source::commits, false);
  CHECK(all.clients[1]->heard == heard{"paused"});
  CHECK(all.clients[2]->heard == heard{"paused"});
  all.room.set_congested(back_pressure_source::waking, false);
  all.room.set_congested(back_pressure_source::waking, false);
  CHECK_FALSE(all.room.congested());
  CHECK(all.clients[1]->heard == heard{"paused", "resumed"});
  CHECK(all.clients[2]->heard == heard{"paused", "resumed"});
  all.arrive(3, "carol");
  CHECK(all.clients[3]->heard.empty());
}

}  // namespace
}  // namespace innkeeper::transport
