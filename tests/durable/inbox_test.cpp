#include "actors/durable/inbox.hpp"

#include <any>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "actors/durable/home_actor.hpp"
#include "actors/durable/home_handle.hpp"
#include "tests/support/paused_actors.hpp"

using namespace innkeeper;

namespace {

/// An actor with an inbox for numbers.
class reader_actor final : public durable::home_actor {
 public:
  using deed = std::function<void(int)>;

  reader_actor(caf::actor_config& config, deed with_each)
      : home_actor(config, nullptr),
        letters(*this, nullptr, [with_each = std::move(with_each)](durable::object_message& each) {
          with_each(std::any_cast<int>(each));
        }) {}

  caf::behavior make_behavior() override {
    return {[](caf::ok_atom) {}};
  }

  durable::inbox& inside() { return letters; }

  durable::inbox letters;
};

class study {
 public:
  study() {
    caf::actor_config config;
    reader = durable::spawn_at_home<reader_actor>(actors_.system(), config, [this](int each) {
      found.push_back(each);
      if (then) then(each);
    });
    jobs().run();
  }
  ~study() {
    caf::anon_send_exit(reader.actor(), caf::exit_reason::kill);
    reader = {};
    jobs().run();
  }
  study(const study&) = delete;
  study& operator=(const study&) = delete;

  durable::inbox& letters() { return *reader.inside(); }
  caf::scheduler::test_coordinator& jobs() { return actors_.scheduler(); }

  std::vector<int> found;
  std::function<void(int)> then;
  durable::home_handle<durable::inbox> reader;

 private:
  testing::paused_actors actors_;
};

}  // namespace

TEST_CASE("what is put into an inbox is taken out later, in order, by one job") {
  study room;
  for (const int each : {1, 2, 3}) room.letters().put(each);
  CHECK(room.found.empty());
  CHECK(room.jobs().jobs.size() == 1);
  room.jobs().run();
  CHECK(room.found == std::vector{1, 2, 3});
}

TEST_CASE("an inbox takes what is put into it while it is read, behind the rest") {
  study room;
  room.then = [&](int each) {
    if (each < 10) room.letters().put(each + 10);
  };
  room.letters().put(1);
  room.letters().put(2);
  room.jobs().run();
  CHECK(room.found == std::vector{1, 2, 11, 12});
}

TEST_CASE("an inbox lets others have their turn after 32 messages") {
  study room;
  for (int i = 0; i < 33; ++i) room.letters().put(i);
  caf::execution_unit* nobody = nullptr;
  CHECK(room.letters().resume(nobody, 1000) == caf::resumable::resume_later);
  CHECK(room.found.size() == 32);
  CHECK(room.letters().resume(nobody, 1000) == caf::resumable::done);
  CHECK(room.found.size() == 33);
  room.jobs().run();
}

TEST_CASE("an inbox whose messages are wanted at once has nothing left for its job") {
  study room;
  room.letters().put(1);
  room.letters().put(2);
  room.letters().take_all();
  CHECK(room.found == std::vector{1, 2});
  room.jobs().run();
  CHECK(room.found.size() == 2);
  room.letters().put(3);
  room.jobs().run();
  CHECK(room.found == std::vector{1, 2, 3});
}

TEST_CASE("an inbox keeps its actor until it has been read") {
  study room;
  const auto holders = [&] {
    return caf::actor_cast<caf::strong_actor_ptr>(room.reader.actor())->strong_refs.load();
  };
  const auto before = holders();
  room.letters().put(1);
  room.letters().put(2);
  CHECK(holders() == before + 1);
  room.jobs().run();
  CHECK(holders() == before);
}
