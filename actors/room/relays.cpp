#include "actors/room/relays.hpp"

#include <algorithm>

#include "proto/limits.hpp"

namespace innkeeper::room {

bool relays::add(connection_id admin, const std::string& type) {
  const auto found = admins_by_type_.find(type);
  if (found != admins_by_type_.end() && found->second.contains(admin)) return true;
  if (count_of(admin) >= proto::relays_max) return false;
  admins_by_type_[type].insert(admin);
  return true;
}

void relays::remove(connection_id admin, const std::optional<std::string>& type) {
  for (auto& [name, admins] : admins_by_type_) {
    if (!type || *type == name) admins.erase(admin);
  }
  std::erase_if(admins_by_type_, [](const auto& entry) { return entry.second.empty(); });
}

std::vector<connection_id> relays::admins_for(std::string_view type) const {
  const auto found = admins_by_type_.find(type);
  if (found == admins_by_type_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::size_t relays::count_of(connection_id admin) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      admins_by_type_, [=](const auto& entry) { return entry.second.contains(admin); }));
}

}  // namespace innkeeper::room
