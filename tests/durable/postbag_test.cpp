#include "actors/durable/postbag.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

using namespace innkeeper;

namespace {

/// An actor with a postbag, who counts how often it is called to it.
class letterbox {
 public:
  letterbox() {
    config_.set("scheduler.policy", caf::atom("testing"));
    config_.set("logger.verbosity", caf::atom("quiet"));
    system_ = std::make_unique<caf::actor_system>(config_);
    owner_ = system_->spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const durable::post_waits&) {
        ++calls;
        for (const auto each : bag->take()) found.push_back(each);
      }};
    });
    run();
    bag = std::make_shared<durable::postbag<int>>(owner_);
  }
  ~letterbox() {
    bag.reset();
    caf::anon_send_exit(owner_, caf::exit_reason::kill);
    owner_ = nullptr;
    run();
  }
  letterbox(const letterbox&) = delete;
  letterbox& operator=(const letterbox&) = delete;

  void run() { dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler()).run(); }

  std::shared_ptr<durable::postbag<int>> bag;
  std::vector<int> found;
  int calls = 0;

 private:
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor owner_;
};

}  // namespace

TEST_CASE("whatever has gathered in a postbag takes one message, and stays in order") {
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

TEST_CASE("nothing is lost of what several threads put into a postbag while it is emptied") {
  constexpr std::size_t each_puts = 20'000;
  constexpr std::size_t threads = 2;
  caf::actor_system_config config;
  config.set("logger.verbosity", caf::atom("quiet"));
  caf::actor_system system(config);
  std::shared_ptr<durable::postbag<std::size_t>> bag;
  std::vector<std::size_t> times(each_puts, 0);
  std::size_t taken = 0;
  std::promise<void> all_taken;
  auto owner = system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    return {[&, self](const durable::post_waits&) {
      for (const auto each : bag->take()) {
        ++times[each];
        ++taken;
      }
      if (taken < threads * each_puts) return;
      all_taken.set_value();
      self->quit();
    }};
  });
  bag = std::make_shared<durable::postbag<std::size_t>>(owner);
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
