#include "actors/sockets/subscriptions.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace innkeeper::sockets {
namespace {

std::string_view id_or_all(const topic& what) {
  return what.id ? std::string_view(*what.id) : every_id;
}

constexpr std::size_t few = 8;

/// Called for each message and session. Most sessions have few channels, which a linear scan finds
/// faster than a search. The scan compares characters only in texts of the same length.
template <class Sorted, class KeyOf>
auto found_in(const Sorted& all, std::string_view key, KeyOf key_of) {
  if (all.size() > few) return all.find(key);
  return std::find_if(all.begin(), all.end(),
                      [&](const auto& each) { return key_of(each) == key; });
}

auto event_in(const subscriptions::channels& all, std::string_view event) {
  return found_in(all, event, [](const auto& each) -> const std::string& { return each.first; });
}

template <class Ids>
bool has_id(const Ids& ids, std::string_view id) {
  return found_in(ids, id, [](const std::string& each) -> const std::string& { return each; }) !=
         ids.end();
}

}  // namespace

bool subscriptions::add(const topic& what) {
  return ids_by_event_[what.event].emplace(id_or_all(what)).second;
}

bool subscriptions::remove(const topic& what) {
  const auto event = ids_by_event_.find(what.event);
  if (event == ids_by_event_.end()) return false;
  const auto before = event->second.size();
  if (what.id) {
    event->second.erase(*what.id);
  } else {
    event->second.clear();
  }
  const bool changed = event->second.size() != before;
  if (event->second.empty()) ids_by_event_.erase(event);
  return changed;
}

bool subscriptions::has(std::string_view event, std::string_view id) const {
  const auto found = event_in(ids_by_event_, event);
  return found != ids_by_event_.end() && has_id(found->second, id);
}

bool subscriptions::has(const topic& what) const {
  return has(what.event, id_or_all(what));
}

bool subscriptions::wants(const topic& published) const {
  const auto found = event_in(ids_by_event_, published.event);
  if (found == ids_by_event_.end()) return false;
  const auto& ids = found->second;
  return has_id(ids, every_id) || (published.id && has_id(ids, *published.id));
}

std::size_t subscriptions::size() const {
  std::size_t count = 0;
  for (const auto& [event, ids] : ids_by_event_) count += ids.size();
  return count;
}

/// The library sorts keys as ids_by_event_ does, and finds a key without a linear scan.
std::string subscriptions::to_json() const {
  auto events = nlohmann::json::object();
  for (const auto& [event, ids] : ids_by_event_) {
    auto& listed = events[event] = nlohmann::json::object();
    for (const auto& id : ids) listed[id] = true;
  }
  return events.dump();
}

subscriptions subscriptions::from_json(std::string_view text) {
  subscriptions read;
  const auto events = nlohmann::json::parse(text, nullptr, false);
  if (!events.is_object()) return read;
  for (const auto& [event, ids] : events.items()) {
    if (event.empty() || !ids.is_object()) continue;
    for (const auto& [id, ignored] : ids.items()) read.ids_by_event_[event].insert(id);
  }
  return read;
}

}  // namespace innkeeper::sockets
