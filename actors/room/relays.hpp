#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/room/room_message.hpp"

/// Maps message types to the admin connections that they are relayed to. No I/O. On the room's
/// loop.
namespace innkeeper::room {

class relays {
 public:
  /// False if this connection has the maximum number of relays.
  bool add(connection_id admin, const std::string& type);
  /// Without a type, removes all types of this connection.
  void remove(connection_id admin, const std::optional<std::string>& type);

  bool any_for(std::string_view type) const { return admins_by_type_.contains(type); }
  std::vector<connection_id> admins_for(std::string_view type) const;
  bool empty() const { return admins_by_type_.empty(); }

 private:
  std::size_t count_of(connection_id admin) const;

  std::map<std::string, std::set<connection_id>, std::less<>> admins_by_type_;
};

}  // namespace innkeeper::room
