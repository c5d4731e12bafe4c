#include "transport/subscription_index.hpp"

#include "transport/room_connections.hpp"

namespace innkeeper::transport {
namespace {

const subscription_index::subscribers nobody;

}  // namespace

void subscription_index::add(connection& who, const std::string& event, const std::string& id) {
  auto& [to_all, to_id] = by_event_[event];
  (id == proto::every_id ? to_all : to_id[id]).push_back({&who, who.session});
}

void subscription_index::remove(const connection& who, std::string_view event,
                                std::string_view id) {
  remove_if(event, id, [&](const subscriber& each) { return each.who == &who; });
}

void subscription_index::remove_all(const session_connections& of, std::string_view event,
                                    std::string_view id) {
  remove_if(event, id, [&](const subscriber& each) { return each.of == &of; });
}

template <class IsGone>
void subscription_index::remove_if(std::string_view event, std::string_view id,
                                   const IsGone& is_gone) {
  const auto found = by_event_.find(event);
  if (found == by_event_.end()) return;
  auto& [to_all, to_id] = found->second;
  if (id == proto::every_id) {
    std::erase_if(to_all, is_gone);
  } else if (const auto list = to_id.find(id); list != to_id.end()) {
    std::erase_if(list->second, is_gone);
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
