#include "transport/gateway/gateway.hpp"

#include <any>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace innkeeper;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;
using transport::gateway_timer;

/// Tells its objects everything, and pings their clients.
struct board_kind final : sockets::socket_kind {
  std::string_view name() const override { return "board"; }
  std::unique_ptr<durable::durable_object> make(const durable::object_address&) const override {
    return nullptr;
  }
  bool is_pinged() const override { return true; }
  proto::frame ping(std::int64_t now_ms) const override {
    return proto::frame("ping " + std::to_string(now_ms));
  }
};

struct client final : transport::client_connection {
  void accept() override { got.emplace_back("accepted"); }
  void refuse(unsigned int status, const std::string&) override {
    got.push_back("refused " + std::to_string(status));
  }
  void pause_reading() override { got.emplace_back("paused"); }
  void resume_reading() override { got.emplace_back("resumed"); }
  void deliver(const proto::frame& frame) override { got.emplace_back(frame.payload()); }
  void close(std::uint16_t code, const std::string&) override {
    got.push_back("closed " + std::to_string(code));
  }

  strings got;
};

/// A gateway without actors: its timers ring, and objects speak, when the test says so.
class desk final : private transport::gateway_host, private durable::object_router {
 public:
  desk() { gateway.use_directory(*this); }

  std::shared_ptr<client> arrive(sockets::connection_id id) {
    auto who = std::make_shared<client>();
    transport::client_arrived arrived{id, who, board,
                                      std::make_shared<const sockets::connection_facts>(), nullptr};
    gateway.arrived(arrived);
    return who;
  }
  std::shared_ptr<client> enter(sockets::connection_id id) {
    auto who = arrive(id);
    say(sockets::accept{id, {}, {}});
    return who;
  }
  /// One turn of the gateway, in which it hears this from the board.
  void say(sockets::socket_output what) {
    std::vector<durable::object_outputs> said;
    said.push_back({board, {}});
    said.back().outputs.emplace_back(std::move(what));
    gateway.perform_all(std::move(said));
    gateway.turn_ended();
  }
  bool receive(sockets::connection_id from, std::string_view payload) {
    return gateway.call_received({from, payload, false});
  }
  /// Gives the request's id.
  sockets::request_id ask(transport::answer_callback answered) {
    transport::request_arrived request{board, {}, std::move(answered)};
    gateway.asked(request);
    return asked;
  }
  /// What the board was told since the last call.
  strings told() { return std::exchange(told_, {}); }
  /// A timer is taken out when it rings.
  void pass_until(gateway_timer which) {
    clock_ = timers.at(which);
    timers.erase(which);
    gateway.timer_rang(which);
    gateway.turn_ended();
  }

  transport::metrics watched;
  std::map<gateway_timer, time_point> timers;
  int drains_posted = 0;
  sockets::request_id asked = 0;

 private:
  void call_route(durable::cached_route& there, durable::object_message& message) override {
    auto& what = std::any_cast<sockets::socket_message&>(message);
    if (const auto* request = std::get_if<sockets::request>(&what)) asked = request->id;
    static const char* const names[] = {"opened", "received", "closed", "keepalive", "request"};
    told_.push_back(there.to->name + ": " + names[what.index()]);
  }
  time_point now() const override { return clock_; }
  void post_timer(gateway_timer which, time_point when) override {
    CHECK(timers.emplace(which, when).second);
  }
  void post_drain() override { ++drains_posted; }

  board_kind kind_;
  time_point clock_{1000h};
  strings told_;

 public:
  durable::address_ptr board =
      std::make_shared<const durable::object_address>(durable::object_address{&kind_, "news"});
  transport::gateway gateway{
      *this, {watched, [] { return std::int64_t{5}; }, 1'000'000, {}, [this] { return clock_; }}};
};

}  // namespace

TEST_CASE("a gateway tells the object who comes, speaks and goes") {
  desk here;
  const auto ann = here.enter(1);
  CHECK(ann->got == strings{"accepted"});
  CHECK(here.receive(1, "hello"));
  here.gateway.left(1);
  CHECK(here.told() == strings{"news: opened", "news: received", "news: closed"});
  CHECK(here.receive(1, "too late"));
  CHECK(here.told().empty());
}

TEST_CASE("a gateway brings frames to accepted clients alone") {
  desk here;
  const auto ann = here.enter(1);
  const auto bob = here.arrive(2);
  here.say(sockets::send_to_all{proto::frame("hello")});
  here.say(sockets::send{2, proto::frame("not yet")});
  CHECK(ann->got == strings{"accepted", "hello"});
  CHECK(bob->got.empty());
}

TEST_CASE("a gateway knows an object by every address of its kind and name") {
  desk here;
  const auto ann = here.enter(1);
  here.board = std::make_shared<const durable::object_address>(*here.board);
  const auto bob = here.enter(2);
  here.say(sockets::send_to_all{proto::frame("hello")});
  CHECK(ann->got == strings{"accepted", "hello"});
  CHECK(bob->got == strings{"accepted", "hello"});
  here.board = std::make_shared<const durable::object_address>(
      durable::object_address{here.board->kind, "other news"});
  here.say(sockets::send_to_all{proto::frame("unheard")});
  CHECK(ann->got == strings{"accepted", "hello"});
}

TEST_CASE("a gateway that is told of a bottleneck lets the object's clients wait") {
  desk here;
  const auto ann = here.enter(1);
  here.gateway.change_back_pressure({here.board, durable::back_pressure_source::commits, true});
  here.gateway.change_back_pressure({here.board, durable::back_pressure_source::commits, false});
  CHECK(ann->got == strings{"accepted", "paused", "resumed"});
}

TEST_CASE("a gateway pings a client at its timer, and arms that again") {
  desk here;
  const auto ann = here.enter(1);
  here.pass_until(gateway_timer::pings);
  CHECK(ann->got == strings{"accepted", "ping 5"});
  CHECK(here.timers.contains(gateway_timer::pings));
}

TEST_CASE("a gateway answers a request once, by its object or by its timer") {
  desk here;
  int answers = 0;
  int with_response = 0;
  const auto id = here.ask([&](const auto& with) {
    ++answers;
    with_response += with ? 1 : 0;
  });
  SECTION("by its object") {
    here.say(sockets::answer{id, std::make_shared<const sockets::response>()});
    CHECK(with_response == 1);
  }
  here.pass_until(gateway_timer::answers);
  CHECK(answers == 1);
  CHECK_FALSE(here.timers.contains(gateway_timer::answers));
}

TEST_CASE("a gateway that shuts down ends its objects, then says goodbye, then is done") {
  desk here;
  const auto ann = here.enter(1);
  bool done = false;
  here.gateway.begin_shut_down([&] { done = true; });
  CHECK(here.drains_posted == 1);
  CHECK(here.arrive(2)->got == strings{"refused 503"});
  CHECK(ann->got == strings{"accepted"});
  here.gateway.close_everything();
  CHECK(ann->got == strings{"accepted", "closed 1001"});
  CHECK_FALSE(done);
  SECTION("when its last client leaves") {
    here.gateway.left(1);
  }
  SECTION("when its clients have had the time to leave") {
    here.pass_until(gateway_timer::goodbye);
  }
  CHECK(done);
}

TEST_CASE("a gateway that has ended tells nobody anything") {
  desk here;
  here.enter(1);
  here.told();
  here.gateway.end();
  CHECK(here.receive(1, "hello"));
  here.gateway.left(1);
  CHECK(here.told().empty());
}
