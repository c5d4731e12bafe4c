#include "actors/durable/batch_mailbox.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/paused_actors.hpp"

using namespace innkeeper;

namespace {

/// Does this whenever it is called to its batch mailbox.
class owner_actor final : public caf::event_based_actor {
 public:
  using deed = std::function<void(caf::event_based_actor& self)>;

  owner_actor(caf::actor_config& config, deed when_called)
      : caf::event_based_actor(config), when_called_(std::move(when_called)) {}

  caf::behavior make_behavior() override {
    return {[this](const durable::batch_ready&) { when_called_(*this); }};
  }

 private:
  deed when_called_;
};

/// An actor with a batch mailbox, who counts how often it is called to it.
class letterbox {
 public:
  letterbox() {
    owner_ = actors_.system().spawn<owner_actor>([this](auto&) {
      ++calls;
      for (const auto each : bag->take()) found.push_back(each);
    });
    run();
    bag = std::make_shared<durable::batch_mailbox<int>>(owner_);
  }
  ~letterbox() {
    bag.reset();
    caf::anon_send_exit(owner_, caf::exit_reason::kill);
    owner_ = nullptr;
    run();
  }
  letterbox(const letterbox&) = delete;
  letterbox& operator=(const letterbox&) = delete;

  void run() { actors_.run(); }

  std::shared_ptr<durable::batch_mailbox<int>> bag;
  std::vector<int> found;
  int calls = 0;

 private:
  testing::paused_actors actors_;
  caf::actor owner_;
};

}  // namespace

TEST_CASE("whatever has gathered in a batch mailbox takes one message, and stays in order") {
  letterbox box;
  for (const int each : {1, 2, 3}) box.bag->put(each);
  box.run();
  CHECK(box.calls == 1);
  CHECK(box.found == std::vector{1, 2, 3});
  box.bag->put(4);
  box.run();
  CHECK(box.calls == 2);
  CHECK(box.found == std::vector{1, 2, 3, 4});
}

TEST_CASE("nothing is lost of what several threads put into a batch mailbox while it is emptied") {
  constexpr std::size_t each_puts = 20'000;
  constexpr std::size_t threads = 2;
  caf::actor_system_config config;
  config.set("logger.verbosity", caf::atom("quiet"));
  caf::actor_system system(config);
  std::shared_ptr<durable::batch_mailbox<std::size_t>> bag;
  std::vector<std::size_t> times(each_puts, 0);
  std::size_t taken = 0;
  std::promise<void> all_taken;
  auto owner = system.spawn<owner_actor>([&](auto& self) {
    for (const auto each : bag->take()) {
      ++times[each];
      ++taken;
    }
    if (taken < threads * each_puts) return;
    all_taken.set_value();
    self.quit();
  });
  bag = std::make_shared<durable::batch_mailbox<std::size_t>>(owner);
  owner = nullptr;
  std::vector<std::thread> putting;
  for (std::size_t t = 0; t < threads; ++t) {
    putting.emplace_back([&bag] {
      for (std::size_t i = 0; i < each_puts; ++i) bag->put(i);
    });
  }
  for (auto& each : putting) each.join();
  REQUIRE(all_taken.get_future().wait_for(std::chrono::seconds(30)) == std::future_status::ready);
  CHECK(times == std::vector(each_puts, threads));
}

TEST_CASE("a batch mailbox that its owner has closed takes nothing and calls nobody") {
  letterbox box;
  box.bag->put(1);
  box.bag->close();
  box.bag->put(2);
  box.run();
  CHECK(box.found.empty());
  CHECK(box.bag->take().empty());
}
