// The public test helper runs an object as the runtime does: one story, told to both, sounds the
// same.
#include <any>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/durable/key_value.hpp"
#include "actors/testing/lone_object.hpp"
#include "actors/testing/lone_socket_object.hpp"
#include "tests/durable/rate_limiter.hpp"
#include "tests/durable/world.hpp"

namespace durable = innkeeper::durable;
namespace sockets = innkeeper::sockets;
using innkeeper::testing::lone_object;
using innkeeper::testing::lone_socket_object;
using innkeeper::testing::world;
using namespace std::chrono_literals;

namespace {

/// What can happen to one object. What is heard are its words, joined by " | ".
struct stage {
  std::function<std::string(const std::string& words)> tell;
  std::function<std::string(std::chrono::milliseconds)> let_pass;
  std::function<void()> restart;
  std::function<bool()> is_awake;
};

std::string tally_story(const stage& on) {
  std::string told;
  const auto note = [&told](const std::string& words) { told += words + "\n"; };
  const auto note_sleep = [&] { note(on.is_awake() ? "awake" : "asleep"); };
  note(on.tell("add x"));
  note(on.tell("add x"));
  note(on.tell("look x"));
  note(on.tell("told"));
  note(on.let_pass(9s));
  note_sleep();
  note(on.let_pass(2s));
  note_sleep();
  note(on.tell("are you asleep"));
  note_sleep();
  note(on.tell("told"));  // what was left behind
  note(on.tell("wake 15000"));
  note(on.let_pass(14s));
  note_sleep();
  note(on.let_pass(3s));
  note_sleep();
  on.restart();
  note_sleep();
  note(on.tell("told"));
  note(on.tell("look x"));
  note(on.tell("wake 500"));
  note(on.tell("no alarm"));
  note(on.let_pass(2s));
  note(on.tell("wake 2000"));
  on.restart();
  note(on.let_pass(3s));
  note(on.tell("look rung"));
  return told;
}

stage real(world& w) {
  const auto heard = [&w] {
    while (w.writer.waiting() > 0) w.commit_one();
    auto words = w.heard();
    for (auto at = words.find("page: "); at != std::string::npos; at = words.find("page: ")) {
      words.erase(at, 6);
    }
    return words;
  };
  return {[&w, heard](const auto& words) {
            w.tell("page", words);
            return heard();
          },
          [&w, heard](auto duration) {
            w.pass_time_committing(duration);
            return heard();
          },
          [&w] { w.crash(); }, [&w] { return w.observed.awake == 1; }};
}

stage lone(lone_object& object) {
  const auto joined = [](const lone_object::outputs& said) {
    std::string words;
    for (const auto& each : said) {
      words += (words.empty() ? "" : " | ") + std::any_cast<std::string>(each);
    }
    return words;
  };
  return {[&object, joined](const auto& words) { return joined(object.tell(words)); },
          [&object, joined](auto duration) { return joined(object.let_pass(duration)); },
          [&object] { object.restart(); }, [&object] { return object.is_awake(); }};
}

}  // namespace

TEST_CASE("a lone object does what it does in the runtime") {
  world w;
  lone_object object(std::make_shared<innkeeper::testing::tally_kind>());
  const auto told = tally_story(lone(object));
  CHECK(told == tally_story(real(w)));
  CHECK(told.find("rung=2") != std::string::npos);
}

TEST_CASE("a lone object that finds no room starts again from what is stored") {
  lone_object object(std::make_shared<innkeeper::testing::tally_kind>());
  const auto stage = lone(object);
  CHECK(stage.tell("add x") == "x=1");
  object.disk_is_full = true;
  CHECK(stage.tell("add x") == "no room for x");
  object.disk_is_full = false;
  CHECK(stage.tell("add x") == "x=2");
  CHECK(stage.tell("told") == "told 4");
}

TEST_CASE("what a lone object throws comes out, and its next life knows only what is stored") {
  lone_object object(std::make_shared<innkeeper::testing::tally_kind>());
  const auto stage = lone(object);
  stage.tell("add x");
  CHECK_THROWS_AS(stage.tell("crash"), std::logic_error);
  CHECK_FALSE(stage.is_awake());
  CHECK(stage.tell("add x") == "x=2");
  CHECK(stage.tell("told") == "told 2");
}

TEST_CASE("an alarm of a lone object that throws stays due") {
  const auto kind = std::make_shared<innkeeper::testing::tally_kind>();
  lone_object object(kind);
  const auto stage = lone(object);
  stage.tell("wake 100");
  kind->alarms_fail = true;
  CHECK_THROWS_AS(stage.let_pass(1s), std::runtime_error);
  kind->alarms_fail = false;
  CHECK(stage.let_pass(0ms) == "rung=1");
}

TEST_CASE("a lone rate limiter lets each caller in three times a window") {
  lone_socket_object door(std::make_shared<const innkeeper::example::rate_limiter_kind>(), "door");
  const auto phone = door.connect();
  const auto call = [&](const std::string& caller) {
    door.say(phone, caller);
    return door.heard(phone).at(0);
  };
  for (int i = 0; i < 3; ++i) CHECK(call("ann") == "in");
  CHECK(call("ann") == "out");
  CHECK(call("bob") == "in");

  door.let_pass(30s);
  CHECK_FALSE(door.is_awake());
  CHECK(door.is_connected(phone));
  CHECK(call("ann") == "out");

  door.restart();
  CHECK_FALSE(door.is_connected(phone));
  durable::effects none;
  CHECK(durable::key_value(door.now(), none).get("ann") == "3");

  door.let_pass(31s);
  CHECK(durable::key_value(door.now(), none).list().empty());
  CHECK_FALSE(door.now().alarm_ms);
}

namespace {

/// Refuses those who bring no query, and hangs up on those who say so.
class doorkeeper final : public sockets::socket_object {
 public:
  void hydrate(const durable::turn&, durable::attachments&&) override {}

  durable::effects opened(const sockets::connection_opened& who, const durable::turn&) override {
    durable::effects wanted;
    const auto in = who.asked->query.empty() ? output(sockets::refuse{who.connection, 403, "No."})
                                             : output(sockets::accept{who.connection});
    wanted.outputs.push_back(in);
    return wanted;
  }

  durable::effects received(const sockets::message_received& what, const durable::turn&) override {
    durable::effects wanted;
    wanted.outputs.push_back(what.payload == "all"
                                 ? output(sockets::close_all{1001, ""})
                                 : output(sockets::close{what.connection, 1000, "bye"}));
    return wanted;
  }

  durable::effects closed(const sockets::connection_closed& who, const durable::turn&) override {
    durable::effects wanted;
    wanted.outputs.push_back(
        output(sockets::send_to_all{sockets::text("gone " + std::to_string(who.connection))}));
    return wanted;
  }
};

class doorkeeper_kind final : public sockets::socket_kind {
 public:
  std::string_view name() const override { return "doorkeeper"; }
  std::unique_ptr<durable::durable_object> make(const durable::object_address&) const override {
    return std::make_unique<doorkeeper>();
  }
};

/// Adds what it is told to the number in its row, and wrongly counts its turns before it reads.
class sum final : public durable::durable_object {
 public:
  void hydrate(const durable::turn&, durable::attachments&&) override {}
  durable::effects handle(durable::object_message& message, const durable::turn& now) override {
    durable::effects wanted;
    durable::key_value rows(now, wanted);
    ++turns_begun_;
    const auto before = std::stoi(rows.get("sum").value_or("0"));
    const auto after = std::to_string(before + std::any_cast<int>(message));
    CHECK(rows.put("sum", after));
    wanted.outputs.emplace_back(after + " in " + std::to_string(turns_begun_));
    return wanted;
  }
  durable::attachments sleep() override { return {}; }

 private:
  int turns_begun_ = 0;
};

class sum_kind final : public durable::object_kind {
 public:
  std::string_view name() const override { return "sum"; }
  std::unique_ptr<durable::durable_object> make(const durable::object_address&) const override {
    return std::make_unique<sum>();
  }
  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments&, const durable::object_message&) const override {
    return std::nullopt;
  }
  std::vector<durable::object_output> when_broken() const override { return {}; }
};

}  // namespace

TEST_CASE("rows that come late to a lone object show what its turns change before they read") {
  const auto told = [](bool late) {
    lone_object object(std::make_shared<const sum_kind>());
    object.rows_come_late = late;
    object.tell(2);
    return std::any_cast<std::string>(object.tell(3).at(0));
  };
  CHECK(told(false) == "5 in 2");
  CHECK(told(true) == "5 in 4");
}

TEST_CASE("clients of a lone object are refused, closed and missed as the server does it") {
  lone_socket_object door(std::make_shared<const doorkeeper_kind>());
  const auto stranger = door.connect();
  CHECK(door.end_of(stranger) == 403U);
  sockets::handshake ticket;
  ticket.query = {{"ticket", "1"}};
  const auto ann = door.connect(ticket);
  const auto bob = door.connect(ticket);
  const auto eve = door.connect(ticket);
  door.say(bob, "close me");
  CHECK(door.end_of(bob) == 1000U);
  CHECK_THROWS_AS(door.say(bob, "once more"), std::logic_error);
  door.leave(eve);
  CHECK_FALSE(door.end_of(eve));
  CHECK(door.heard(ann) == std::vector<std::string>{"gone 3", "gone 4"});
  door.say(ann, "all");
  CHECK(door.end_of(ann) == 1001U);
}
