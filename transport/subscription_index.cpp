#include "transport/subscription_index.hpp"

#include <algorithm>

namespace innkeeper::transport {
namespace {

const std::vector<connection*> nobody;

/// Order does not matter, so the last takes the removed one's place.
void remove_from(std::vector<connection*>& list, const connection& who) {
  const auto found = std::ranges::find(list, &who);
  if (found == list.end()) return;
  *found = list.back();
  list.pop_back();
}

}  // namespace

void subscription_index::add(connection& who, const std::string& event, const std::string& id) {
  auto& [to_all, to_id] = by_event_[event];
  (id == proto::every_id ? to_all : to_id[id]).push_back(&who);
}

void subscription_index::remove(connection& who, std::string_view event, std::string_view id) {
  const auto found = by_event_.find(event);
  if (found == by_event_.end()) return;
  auto& [to_all, to_id] = found->second;
  if (id == proto::every_id) {
    remove_from(to_all, who);
  } else if (const auto list = to_id.find(id); list != to_id.end()) {
    remove_from(list->second, who);
    if (list->second.empty()) to_id.erase(list);
  }
  if (to_all.empty() && to_id.empty()) by_event_.erase(found);
}

const std::vector<connection*>& subscription_index::to_all(std::string_view event) const {
  const auto found = by_event_.find(event);
  return found == by_event_.end() ? nobody : found->second.to_all;
}

const std::vector<connection*>& subscription_index::to_id(std::string_view event,
                                                          std::string_view id) const {
  const auto found = by_event_.find(event);
  if (found == by_event_.end()) return nobody;
  const auto list = found->second.to_id.find(id);
  return list == found->second.to_id.end() ? nobody : list->second;
}

}  // namespace innkeeper::transport
