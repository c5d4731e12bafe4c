#include "transport/gateway/subscription_index.hpp"

#include <algorithm>

#include "transport/gateway/object_connections.hpp"

namespace innkeeper::transport {
namespace {

const subscription_index::subscribers nobody;

/// It is there once, and order does not matter, so that the last takes its place.
void remove_from(subscription_index::subscribers& list, const connection& who) {
  const auto found = std::ranges::find(list, &who, &subscription_index::subscriber::who);
  if (found == list.end()) return;
  *found = list.back();
  list.pop_back();
}

}  // namespace

void subscription_index::add(connection& who, const std::string& event, const std::string& id) {
  auto& [to_all, to_id] = by_event_[event];
  (id == sockets::every_id ? to_all : to_id[id]).push_back({&who, who.session.get()});
}

void subscription_index::remove(const connection& who, std::string_view event,
                                std::string_view id) {
  change(event, id, [&](subscribers& list) { remove_from(list, who); });
}

void subscription_index::remove_all(const session_connections& of, std::string_view event,
                                    std::string_view id) {
  change(event, id, [&](subscribers& list) {
    std::erase_if(list, [&](const subscriber& each) { return each.of == &of; });
  });
}

template <class Change>
void subscription_index::change(std::string_view event, std::string_view id, const Change& remove) {
  const auto found = by_event_.find(event);
  if (found == by_event_.end()) return;
  auto& [to_all, to_id] = found->second;
  if (id == sockets::every_id) {
    remove(to_all);
  } else if (const auto list = to_id.find(id); list != to_id.end()) {
    remove(list->second);
    if (list->second.empty()) to_id.erase(list);
  }
  if (to_all.empty() && to_id.empty()) by_event_.erase(found);
}

const subscription_index::subscribers& subscription_index::to_all(std::string_view event) const {
  const auto found = by_event_.find(event);
  return found == by_event_.end() ? nobody : found->second.to_all;
}

const subscription_index::subscribers& subscription_index::to_id(std::string_view event,
                                                                 std::string_view id) const {
  const auto found = by_event_.find(event);
  if (found == by_event_.end()) return nobody;
  const auto list = found->second.to_id.find(id);
  return list == found->second.to_id.end() ? nobody : list->second;
}

}  // namespace innkeeper::transport
