#include "transport/gateway/pending_requests.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "actors/sockets/echo.hpp"

using namespace innkeeper;
using namespace std::chrono_literals;
using transport::pending_requests;

namespace {

class desk {
 public:
  durable::address_ptr object(const std::string& name) {
    return std::make_shared<const durable::object_address>(durable::object_address{&kind_, name});
  }
  /// What is said to the request is told as "1: body", or "1: nothing".
  sockets::request_id ask(const std::string& name) {
    const auto id = std::make_shared<sockets::request_id>(0);
    *id = waiting.add(
        object(name),
        [this, id](const auto& with) {
          told.push_back(std::to_string(*id) + ": " + (with ? with->body : "nothing"));
        },
        now);
    return *id;
  }
  void answer(sockets::request_id which, const std::string& body) {
    waiting.answer(which,
                   std::make_shared<const sockets::response>(sockets::response{.body = body}));
  }

  pending_requests waiting;
  pending_requests::time_point now{1h};
  std::vector<std::string> told;

 private:
  sockets::echo_kind kind_;
};

}  // namespace

TEST_CASE("a request is answered once, and nobody else's") {
  desk here;
  const auto first = here.ask("a");
  const auto second = here.ask("a");
  here.answer(second, "two");
  here.answer(second, "again");
  here.answer(first, "one");
  here.answer(99, "nobody's");
  CHECK(here.told == std::vector<std::string>{"2: two", "1: one"});
  CHECK_FALSE(here.waiting.next_due());
}

TEST_CASE("an object that is broken answers nothing any more, others do") {
  desk here;
  here.ask("a");
  const auto other = here.ask("b");
  here.waiting.give_up(*here.object("a"));
  CHECK(here.told == std::vector<std::string>{"1: nothing"});
  here.answer(other, "still here");
  CHECK(here.told.back() == "2: still here");
}

TEST_CASE("a request that has waited for too long is given up, and no sooner") {
  desk here;
  here.ask("a");
  here.now += 1s;
  here.ask("a");
  const auto due = here.waiting.next_due();
  REQUIRE(due);
  CHECK(*due == here.now - 1s + pending_requests::answered_within);
  here.waiting.give_up_overdue(*due - 1ns);
  CHECK(here.told.empty());
  here.waiting.give_up_overdue(*due);
  CHECK(here.told == std::vector<std::string>{"1: nothing"});
  CHECK(here.waiting.next_due() == *due + 1s);
}

TEST_CASE("when the server ends, whoever waits is told") {
  desk here;
  here.ask("a");
  here.ask("b");
  here.waiting.give_up_all();
  CHECK(here.told.size() == 2);
}
