#include "tests/simulation/simulation_run.hpp"

#include <algorithm>

#include "actors/room/client_message.hpp"
#include "tests/simulation/run_facts.hpp"

// What happens in a town.

namespace innkeeper::simulation {
namespace {

/// The models know no such limits, and once in thousands of towns somebody guesses that often.
proto::limits without_key_limits() {
  proto::limits bounds;
  bounds.connection_wrong_keys = bounds.address_wrong_keys = 0;
  return bounds;
}

}  // namespace

using std::chrono::milliseconds;

simulation_run::simulation_run(std::uint64_t seed, run_report& judge, transport::metrics& watched,
                               rows_come when)
    : judge_(judge),
      watched_(watched),
      by_(seed),
      leaning_(lean(by_)),
      kind_(std::make_shared<const watched_kind>(
          std::make_shared<const room::room_kind>(signing_key, session_ttl_ms, without_key_limits(),
                                                  std::make_shared<health::monitor>()),
          static_cast<watcher&>(*this))) {
  if (when == rows_come::late) disk_.rows_come_late();
  for (std::size_t i = 0; i < rooms; ++i) {
    const auto name = "room-" + std::to_string(i);
    models_.emplace(std::piecewise_construct, std::forward_as_tuple(name),
                    std::forward_as_tuple(name, judge_));
  }
}

simulation_run::~simulation_run() {
  alive_ = false;
  for (const auto& who : people_) who->hang_up();
  disk_.crash(false);
  server_.reset();
}

simulation_run::leaning simulation_run::lean(chance& by) {
  static constexpr std::array<int, 4> sleeps{20, 500, 3000, 10'000};
  leaning wanted{};
  wanted.hibernate_after = milliseconds(by.one_of(sleeps));
  wanted.run = 20 + by.below(60);
  wanted.say = 10 + by.below(30);
  wanted.connect = 2 + by.below(6);
  wanted.leave = 1 + by.below(5);
  wanted.ask = by.below(3);
  wanted.pass = 1 + by.below(10);
  wanted.wait = by.below(3);
  wanted.begin = 1 + by.below(12);
  wanted.finish = 1 + by.below(12);
  wanted.settle = by.below(3);
  wanted.people_max = 6 + by.below(25);
  wanted.sessions = 1 + by.below(4);
  wanted.write_faults = by.percent(40) ? 0 : by.below(15);
  wanted.read_faults = by.percent(60) ? 0 : by.below(15);
  return wanted;
}

// ---- the course of a seed

void simulation_run::run() {
  while (going_on() && !has_seen_enough()) {
    start();
    live(static_cast<std::uint64_t>(by_.between(60, 200)));
    if (by_.percent(20)) {
      end_orderly();
    } else {
      crash();
    }
  }
  if (going_on()) last_days();
  ++judge_.count.seeds;
}

bool simulation_run::has_seen_enough() const {
  const auto& so_far = judge_.count;
  return so_far.turns >= turns_min && so_far.objects >= rooms && so_far.crashes >= crashes_min;
}

void simulation_run::start() {
  judge_.note([] { return "the server starts"; });
  disk_.restart();
  lives_.clear();
  alive_ = true;
  ending_ = false;
  server_ = std::make_unique<server>(
      server::wiring{disk_, kind_, watched_, now_ms_, leaning_.hibernate_after});
}

void simulation_run::live(std::uint64_t turns) {
  constexpr int steps_max = 100'000;
  const auto until = judge_.count.turns + turns;
  for (int i = 0; i < steps_max && going_on() && judge_.count.turns < until; ++i) act();
}

void simulation_run::crash() {
  if (!going_on()) return;
  judge_.note([] { return "the server crashes"; });
  ++judge_.count.crashes;
  disk_.crash(by_.percent(50));
  alive_ = false;
  for (const auto& who : people_) who->hang_up();
  server_.reset();
  people_.clear();
  by_id_.clear();
  questions_.clear();
  last_connection_ = 0;
  last_request_ = 0;
  for (auto& [name, model] : models_) {
    model.crashed();
    model.check_stored(disk_, now_ms_);
  }
}

/// SIGTERM: what is under way is finished, then everybody is sent away with 1001.
void simulation_run::end_orderly() {
  if (!going_on()) return;
  judge_.note([] { return "the server is asked to end"; });
  constexpr int steps_max = 20'000;
  const std::size_t hurry = by_.percent(30) ? 50 : 1;  // all may have left before the end
  bool done = false;
  ending_ = true;
  for (const auto& who : people_) who->server_stops = true;
  for (const auto& [id, each] : questions_) each->may_stay_open = true;
  server_->tell_gateway(transport::shut_down{[&done] { done = true; }});
  for (int i = 0; i < steps_max && !done && going_on(); ++i) {
    if (server_->has_work()) step();
    if (by_.percent(30)) finish_transaction();
    if (disk_.rows_are_coming()) bring_rows();
    if (by_.percent(1)) somebody_comes();
    if (by_.percent(hurry)) somebody_leaves();
    if (by_.percent(2)) pass_time(milliseconds(by_.between(1, 100)));
  }
  if (!done) judge_.complain("the server never ended");
  for (auto& [name, model] : models_) model.check_ended(disk_, now_ms_);
  ++judge_.count.drains;
  --judge_.count.crashes;
  crash();
}

/// Nobody is left: the alarms alone have to wake the rooms, until every session is forgotten.
void simulation_run::last_days() {
  start();
  constexpr std::int64_t step_ms = 20'000;
  for (std::int64_t passed = 0; passed < session_ttl_ms + 4 * step_ms && going_on();
       passed += step_ms) {
    pass_time(milliseconds(step_ms));
    run_until_quiet();
  }
  settle();
  for (auto& [name, model] : models_) {
    if (model.has_sessions()) judge_.complain(name + ": sessions were never forgotten");
  }
  check_sleep();
}

// ---- what may happen next

void simulation_run::act() {
  const auto& l = leaning_;
  const std::array<std::pair<std::size_t, void (simulation_run::*)()>, 10> deeds{{
      {l.run, &simulation_run::run_a_few},
      {l.say, &simulation_run::somebody_speaks},
      {l.connect, &simulation_run::somebody_comes},
      {l.leave, &simulation_run::somebody_leaves},
      {l.ask, &simulation_run::somebody_asks},
      {l.pass, nullptr},
      {l.wait, &simulation_run::wait_long},
      {l.begin, nullptr},
      {l.finish, &simulation_run::finish_transaction},
      {l.settle, &simulation_run::settle},
  }};
  std::size_t all = 0;
  for (const auto& [weight, deed] : deeds) all += weight;
  auto dice = by_.below(all);
  std::size_t chosen = 0;
  while (dice >= deeds[chosen].first) dice -= deeds[chosen++].first;
  if (deeds[chosen].second != nullptr) return (this->*deeds[chosen].second)();
  if (chosen == 5) return pass_time(milliseconds(by_.between(1, 400)));
  if (!disk_.busy() && disk_.waiting() > 0) disk_.begin(1 + by_.below(disk_.waiting()));
}

void simulation_run::run_a_few() {
  maybe_fail_a_read();
  maybe_bring_rows();
  for (auto left = 1 + by_.below(8); left > 0 && server_->has_work(); --left) step();
}

void simulation_run::somebody_comes() {
  if (people_.size() >= leaning_.people_max) return;
  const auto room = "room-" + std::to_string(by_.below(rooms));
  const auto session = "s" + std::to_string(by_.below(leaning_.sessions));
  auto who = std::make_shared<guest>(++last_connection_, room, session, judge_, now_ms_);
  who->server_stops = ending_;
  people_.push_back(who);
  by_id_[who->id] = who;
  models_.at(room).guests[who->id] = who;
  judge_.note([&] { return "connection " + std::to_string(who->id) + " comes to " + room; });
  auto facts =
      std::make_shared<const room::connection_facts>(room::connection_facts{session, who->details});
  server_->tell_gateway(
      transport::client_arrived{who->id, who, address_of(room), std::move(facts), nullptr});
}

guest_ptr simulation_run::pick(bool open) {
  if (people_.empty()) return nullptr;
  const auto start = by_.below(people_.size());
  for (std::size_t i = 0; i < people_.size(); ++i) {
    const auto& who = people_[(start + i) % people_.size()];
    if (open ? who->is_open() : !who->left) return who;
  }
  return nullptr;
}

void simulation_run::somebody_speaks() {
  const auto who = pick(true);
  if (!who) return somebody_comes();
  for (auto left = 1 + by_.below(3); left > 0; --left) {
    speak(*who, say_something(by_, who->room, now_ms_));
  }
}

void simulation_run::speak(guest& who, const saying& what) {
  if (who.said_goodbye) return;  // its socket is not listened to any more
  judge_.note([&] { return "connection " + std::to_string(who.id) + " sends " + what.text; });
  who.said.push_back(what);
  who.said_goodbye = what.what == verb::close;
  server_->hear(who.id, what.text);
  release_models();
}

void simulation_run::somebody_leaves() {
  const auto who = pick(false);
  if (!who) return;
  judge_.note([&] { return "connection " + std::to_string(who->id) + " goes"; });
  who->leave();
  std::erase(people_, who);
  server_->tell_gateway(transport::client_left{who->id});
}

void simulation_run::somebody_asks() {
  auto asked = std::make_shared<question>();
  asked->room = "room-" + std::to_string(by_.below(rooms));
  asked->asked_ms = now_ms_;
  auto answer = [this, asked](const std::shared_ptr<const sockets::response>& with) {
    heard(*asked, with ? std::optional(with->body) : std::nullopt);
  };
  ++last_request_;
  questions_[last_request_] = asked;
  models_.at(asked->room).questions.push_back(asked);
  sockets::request what;
  what.method = "GET";
  what.path = room::details_path;
  server_->tell_gateway(
      transport::request_arrived{address_of(asked->room), std::move(what), answer});
}

void simulation_run::heard(question& asked, const std::optional<std::string>& json) {
  if (!alive_) return;
  if (std::exchange(asked.answered, true)) judge_.complain("a question was answered twice");
  constexpr std::chrono::milliseconds patience = transport::pending_requests::answered_within;
  const bool is_overdue = now_ms_ - asked.asked_ms >= patience.count();
  if (!json && !asked.may_stay_open && !is_overdue) judge_.complain("a question got no answer");
  if (json && !answers(*json, asked)) {
    judge_.complain("asked about " + asked.room + ", was told " + *json + "; due was " +
                    asked.due.value_or("nothing yet"));
  }
}

/// No loop leaves a message lying for as long as it takes an idle room to fall asleep.
void simulation_run::pass_time(milliseconds duration) {
  busy_for_ += duration;
  if (busy_for_ > leaning_.hibernate_after / 2) run_all();
  now_ms_ += duration.count();
  server_->pass_time(duration);
}

void simulation_run::wait_long() {
  const auto target = by_.percent(80) ? by_.between(1000, 40'000) : by_.between(60'000, 400'000);
  constexpr std::int64_t step_ms = 15'000;
  for (auto left = target; left > 0 && going_on(); left -= step_ms) {
    pass_time(milliseconds(std::min(left, step_ms)));
    const bool all = by_.percent(80);
    while (server_->has_work() && going_on() && (all || by_.percent(90))) step();
    if (by_.percent(70)) finish_transaction();
  }
}

void simulation_run::finish_transaction() {
  if (!disk_.busy()) disk_.begin(disk_.waiting());
  if (!disk_.busy()) return;
  auto fault = write_fault::none;
  if (by_.percent(leaning_.write_faults)) {
    static constexpr std::array<write_fault, 4> faults{write_fault::storage_full,
                                                       write_fault::locked, write_fault::io_error,
                                                       write_fault::one_rejected};
    fault = by_.one_of(faults);
    judge_.note([] { return "the disk fails a transaction"; });
  }
  disk_.finish(fault, by_.below(100));
}

void simulation_run::maybe_fail_a_read() {
  if (by_.below(1000) < leaning_.read_faults) disk_.fail_read_after(by_.below(10));
}

void simulation_run::maybe_bring_rows() {
  if (!disk_.has_late_rows()) return;
  if (by_.percent(30)) disk_.lose_rows();
  if (disk_.rows_are_coming() && by_.percent(60)) bring_rows();
}

void simulation_run::bring_rows() {
  judge_.count.late_reads += disk_.bring_rows();
  release_models();
}

// ---- quiet

void simulation_run::step() {
  server_->run_one(by_);
  release_models();
}

/// What rooms say is due once their turn is over.
void simulation_run::release_models() {
  for (auto& [name, model] : models_) model.release();
}

void simulation_run::run_all() {
  while (going_on() && (server_->has_work() || disk_.rows_are_coming())) {
    if (server_->has_work()) {
      step();
    } else {
      bring_rows();
    }
  }
  busy_for_ = milliseconds(0);
}

void simulation_run::run_until_quiet() {
  constexpr int steps_max = 100'000;
  disk_.reads_work();
  for (int i = 0; i < steps_max && going_on(); ++i) {
    if (server_->has_work()) {
      step();
    } else if (disk_.rows_are_coming()) {
      bring_rows();
    } else if (disk_.busy()) {
      disk_.finish(write_fault::none, 0);
    } else if (disk_.waiting() > 0) {
      disk_.begin(disk_.waiting());
    } else {
      return;
    }
  }
  if (going_on()) judge_.complain("the server never comes to rest");
}

void simulation_run::settle() {
  run_until_quiet();
  for (auto& [name, model] : models_) {
    if (going_on()) model.check_quiet(disk_, now_ms_);
  }
  if (by_.percent(50)) check_sleep();
}

/// Once nobody says anything every room falls asleep; what it leaves behind are its connections.
void simulation_run::check_sleep() {
  constexpr int tries_max = 10;
  for (int i = 0; i < tries_max && server_->awake() > 0 && going_on(); ++i) {
    pass_time(leaning_.hibernate_after + leaning_.hibernate_after / 4 + milliseconds(1));
    run_until_quiet();
  }
  if (!going_on()) return;
  if (server_->awake() > 0) return judge_.complain("an idle room never fell asleep");
  const auto kept =
      std::ranges::count_if(models_, [](const auto& each) { return each.second.has_joined(); });
  if (server_->asleep() != kept) {
    judge_.complain(std::to_string(server_->asleep()) + " rooms left something in memory; " +
                    std::to_string(kept) + " have connections");
  }
}

}  // namespace innkeeper::simulation
