#include "actors/durable/directory.hpp"

#include <any>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/durable/runtime.hpp"

using namespace innkeeper;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

/// A file that holds alarms alone.
struct alarms_file final : storage::row_reader {
  storage::result<std::optional<storage::stored_object>> find_object(std::string_view,
                                                                     std::string_view) override {
    return std::optional<storage::stored_object>();
  }
  storage::result<std::optional<storage::row>> get(const storage::table&, std::int64_t,
                                                   const storage::row&) override {
    return std::optional<storage::row>();
  }
  storage::result<void> visit(const storage::table&, std::int64_t, const storage::row_range&,
                              const storage::row_visitor&) override {
    return {};
  }
  storage::result<std::vector<storage::due_alarm>> alarms_until(std::int64_t until_ms,
                                                                std::size_t) override {
    auto found = alarms;
    std::erase_if(found, [&](const auto& each) { return each.due_ms > until_ms; });
    return found;
  }

  std::vector<storage::due_alarm> alarms;
};

struct no_writer final : storage::batch_writer {
  void submit(storage::batch_ptr, storage::commit_callback) override {}
};

/// While it sleeps, it takes "murmur" without waking.
struct page_kind final : durable::object_kind {
  std::string_view name() const override { return "page"; }
  std::unique_ptr<durable::durable_object> make(const durable::object_address&) const override {
    return nullptr;
  }
  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments&, const durable::object_message& message) const override {
    if (std::any_cast<std::string>(message) != "murmur") return std::nullopt;
    return when_broken();
  }
  std::vector<durable::object_output> when_broken() const override {
    std::vector<durable::object_output> one;
    one.emplace_back(std::string("a word"));
    return one;
  }
};

/// Writes down what its directory has it do.
struct page final : durable::live_object {
  void call_hydrate() override { did.emplace_back("hydrate"); }
  void post_message(durable::object_message&& message) override {
    const auto* words = std::any_cast<std::string>(&message);
    did.push_back(words != nullptr ? *words : "ring");
  }
  void call_edited(durable::object_message&&) override { did.emplace_back("edited"); }
  void post_fall_asleep(bool at_once) override {
    did.emplace_back(at_once ? "sleep at once" : "sleep");
  }
  std::int64_t number() const override { return 7; }

  strings did;
};

/// A directory without actors: its timers ring, and its objects answer, when the test says so.
class desk final : private durable::object_host {
 public:
  void tell(const std::string& object, const std::string& words) {
    durable::object_message message = words;
    directory.deliver_to(address_of(object), message);
  }
  durable::address_ptr address_of(const std::string& object) const {
    return std::make_shared<const durable::object_address>(durable::object_address{&kind_, object});
  }
  /// What the object's newest instance has done since the last call.
  strings deeds_of(const std::string& object) { return std::exchange(pages_.at(object)->did, {}); }
  void pass(std::chrono::milliseconds time) {
    clock_ += time;
    wall_ms += time.count();
    if (look_at <= clock_) directory.look_for_idle_objects();
  }
  void falls_asleep(const std::string& object, durable::attachments left_behind = {}) {
    durable::slept report{address_of(object), std::move(left_behind), {}, 7};
    directory.fell_asleep(report);
  }
  void stays_awake(const std::string& object) {
    directory.stayed_awake({address_of(object), clock_});
  }
  void ends_without_a_word(const std::string& object) { directory.ended(pages_.at(object).get()); }

  alarms_file file;
  std::int64_t wall_ms = 1'000'000;
  int made = 0;
  int hydrations_posted = 0;
  std::uint64_t alarm_timer = 0;
  time_point look_at;
  /// What was said to the sink.
  strings said;

 private:
  std::shared_ptr<durable::live_object> call_make(const durable::address_ptr& who,
                                                  durable::hibernated_row,
                                                  durable::attachments) override {
    ++made;
    return pages_[who->name] = std::make_shared<page>();
  }
  time_point now() const override { return clock_; }
  void post_hydration() override { ++hydrations_posted; }
  void post_idle_look(time_point when) override { look_at = when; }
  void post_alarm_look(std::chrono::milliseconds, std::uint64_t timer) override {
    alarm_timer = timer;
  }
  void post_outputs(durable::object_outputs outputs) override {
    for (const auto& each : outputs.outputs) said.push_back(std::any_cast<std::string>(each));
  }
  void post_back_pressure(durable::back_pressure_change news) override {
    said.emplace_back(news.congested ? "wait" : "go on");
  }

  std::shared_ptr<const durable::runtime> shared() {
    auto made_of = durable::runtime{file, writer_, numbers_, observer_, [this] { return wall_ms; }};
    made_of.kinds = {std::shared_ptr<const durable::object_kind>(&kind_, [](const auto*) {})};
    made_of.limits.held_messages_max = 2;
    return std::make_shared<const durable::runtime>(std::move(made_of));
  }

  page_kind kind_;
  no_writer writer_;
  durable::number_source numbers_;
  durable::runtime_observer observer_;
  time_point clock_{1000h};
  std::map<std::string, std::shared_ptr<page>> pages_;

 public:
  durable::directory directory{*this, shared()};
};

}  // namespace

TEST_CASE("a directory makes an object at its first message, and has it hydrated with others") {
  desk here;
  here.tell("a", "hello");
  here.tell("b", "hello");
  here.tell("a", "again");
  CHECK(here.made == 2);
  CHECK(here.hydrations_posted == 1);
  here.directory.hydrate_woken_objects();
  CHECK(here.deeds_of("a") == strings{"hello", "again", "hydrate"});
  CHECK(here.deeds_of("b") == strings{"hello", "hydrate"});
}

TEST_CASE("a directory hydrates 32 objects in a turn and the rest in the next") {
  desk here;
  for (int i = 0; i < 33; ++i) here.tell(std::to_string(i), "hello");
  here.directory.hydrate_woken_objects();
  CHECK(here.hydrations_posted == 2);
  CHECK(here.deeds_of("32") == strings{"hello"});
  here.directory.hydrate_woken_objects();
  CHECK(here.deeds_of("32") == strings{"hydrate"});
  CHECK(here.hydrations_posted == 2);
}

TEST_CASE("a directory holds what comes for an object that falls asleep") {
  desk here;
  here.tell("a", "hello");
  here.pass(10s);
  CHECK(here.deeds_of("a") == strings{"hello", "sleep"});
  here.tell("a", "wait for me");
  CHECK(here.deeds_of("a").empty());
  SECTION("and gives it to the same instance if that stays awake") {
    here.stays_awake("a");
    CHECK(here.deeds_of("a") == strings{"wait for me"});
    CHECK(here.made == 1);
  }
  SECTION("and to the next instance if it sleeps") {
    here.falls_asleep("a");
    CHECK(here.deeds_of("a") == strings{"wait for me"});
    CHECK(here.made == 2);
  }
}

TEST_CASE("a directory asks the senders to wait when it holds more than the limit") {
  desk here;
  here.tell("a", "hello");
  here.pass(10s);
  here.tell("a", "one");
  here.tell("a", "two");
  CHECK(here.said.empty());
  here.tell("a", "three");
  CHECK(here.said == strings{"wait"});
  here.stays_awake("a");
  CHECK(here.said == strings{"wait", "go on"});
}

TEST_CASE("a directory's object answers in its sleep while it has attachments") {
  desk here;
  here.tell("a", "hello");
  here.pass(10s);
  here.falls_asleep("a", durable::attachments(1));
  here.tell("a", "murmur");
  CHECK(here.said == strings{"a word"});
  CHECK(here.made == 1);
  here.tell("a", "hello");
  CHECK(here.made == 2);
}

TEST_CASE("a cached route stays right when objects leave the directory") {
  desk here;
  durable::cached_route route{here.address_of("a")};
  const auto call = [&] {
    durable::object_message message = std::string("hello");
    here.directory.call_route(route, message);
  };
  call();
  const auto* place = route.place;
  call();
  CHECK(route.place == place);
  here.pass(10s);
  here.falls_asleep("a");
  call();
  CHECK(here.made == 2);
  CHECK(here.deeds_of("a") == strings{"hello"});
}

TEST_CASE("a directory replaces an object that ends without a word") {
  desk here;
  here.tell("a", "hello");
  here.ends_without_a_word("a");
  CHECK(here.said == strings{"a word", "go on"});
  here.tell("a", "hello");
  CHECK(here.made == 2);
}

TEST_CASE("a directory rings an alarm that the file says is due, by its newest timer alone") {
  desk here;
  here.file.alarms = {{"page", "a", here.wall_ms + 1000}};
  here.directory.look_for_alarms(0);
  CHECK(here.made == 0);
  here.pass(1s);
  here.directory.look_for_alarms(0);
  CHECK(here.made == 0);
  here.directory.look_for_alarms(here.alarm_timer);
  CHECK(here.deeds_of("a") == strings{"ring"});
}

TEST_CASE("a directory tells those objects of edits by hand whose rows they are") {
  desk here;
  here.tell("a", "hello");
  here.directory.rows_were_edited({{{8, "value", "x"}}, 1, 0});
  CHECK(here.deeds_of("a") == strings{"hello"});
  here.directory.rows_were_edited({{{7, "value", "x"}}, 1, 0});
  CHECK(here.deeds_of("a") == strings{"edited"});
}

TEST_CASE("a directory that drains sends all to sleep and says when the last has gone") {
  desk here;
  int drained = 0;
  here.tell("a", "hello");
  here.tell("b", "hello");
  here.directory.drain([&] { ++drained; });
  CHECK(here.deeds_of("a") == strings{"hello", "sleep at once"});
  here.falls_asleep("a");
  CHECK(drained == 0);
  here.falls_asleep("b");
  CHECK(drained == 1);
}

TEST_CASE("a directory that has ended routes nothing") {
  desk here;
  here.directory.end();
  durable::cached_route route{here.address_of("a")};
  durable::object_message message = std::string("hello");
  here.directory.call_route(route, message);
  CHECK(here.made == 0);
}
