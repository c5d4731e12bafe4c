#include <nlohmann/json.hpp>

#include "tests/simulation/simulation_run.hpp"

// What the town's model is told: by the disk, and by whoever watches the objects.

namespace innkeeper::simulation {

/// Of `/details` only what the room knows; how many are connected is the gateway's business.
bool simulation_run::answers(const std::string& json, const question& asked) {
  if (!asked.due) return false;
  const auto told = nlohmann::json::parse(json, nullptr, false);
  const auto due = nlohmann::json::parse(*asked.due);
  for (const auto& [key, value] : due.items()) {
    if (told.value(key, nlohmann::json()) != value) return false;
  }
  return told.value("name", "") == asked.room;
}

void simulation_run::submitted(const std::string& object, batch_id batch) {
  if (alive_) models_.at(object).wrote(batch);
}

void simulation_run::committed(const std::string& object, batch_id batch) {
  models_.at(object).committed(batch);
}

void simulation_run::failed(const std::string& object, batch_id batch,
                            storage::commit_outcome outcome) {
  models_.at(object).failed(batch, outcome);
}

void simulation_run::read_failed(const std::string& object) {
  ++judge_.count.read_faults;
  judge_.note([&] { return object + ": the disk fails a read"; });
  const auto model = models_.find(object);
  if (model == models_.end()) return;
  model->second.read_failed();
  if (lives_[object].instances > 0) return;  // it is about to go
  lives_[object].sleeps = false;
  model->second.broke();
}

void simulation_run::made(const std::string& object) {
  if (!alive_) return;
  if (++lives_[object].instances > 1) judge_.complain(object + ": two instances are alive");
}

void simulation_run::hydrated(const std::string& object) {
  if (!alive_) return;
  auto& life = lives_[object];
  life.first_turn = std::exchange(life.sleeps, false);
  models_.at(object).hydrated(now_ms_);
}

void simulation_run::handled(const std::string& object, const told& what) {
  if (!alive_) return;
  if (what.what == told::kind::question) {
    const auto asked = questions_.find(what.request);
    if (asked == questions_.end()) return judge_.complain("answers a question nobody asked");
    lives_[asked->second->room].first_turn = false;
    return models_.at(asked->second->room).answer(asked->second, now_ms_);
  }
  if (what.what == told::kind::still_here) {
    lives_[object].first_turn = false;
    return models_.at(object).still_here(what.session, now_ms_);
  }
  const auto found = by_id_.find(what.connection);
  if (found == by_id_.end()) return judge_.complain("handles what nobody said");
  auto& model = models_.at(found->second->room);
  if (!what.absorbed && std::exchange(lives_[object].first_turn, false) &&
      what.what == told::kind::said && model.wakes_for_nothing(what.connection)) {
    judge_.complain(object + ": was woken for nothing");
  }
  switch (what.what) {
    case told::kind::join:
      return model.join(what.connection, now_ms_);
    case told::kind::leave:
      return model.leave(what.connection, what.absorbed);
    default:
      return model.say(what, now_ms_);
  }
}

void simulation_run::rang(const std::string& object) {
  if (!alive_) return;
  lives_[object].first_turn = false;
  models_.at(object).alarm(now_ms_);
}

void simulation_run::slept(const std::string& object) {
  if (!alive_) return;
  --lives_[object].instances;
  lives_[object].sleeps = models_.at(object).slept();
}

void simulation_run::unmade(const std::string& object) {
  if (alive_) --lives_[object].instances;
}

void simulation_run::gone(const std::string& object, bool has_slept) {
  if (!alive_ || has_slept) return;
  --lives_[object].instances;
  lives_[object].sleeps = false;
  models_.at(object).broke();
}

}  // namespace innkeeper::simulation
