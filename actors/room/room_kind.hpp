#pragma once

#include <memory>
#include <string>

#include "actors/room/room.hpp"

/// Rooms, as the directory knows them: how to make one and what a sleeping one can do without
/// waking. Immutable: any thread.
namespace innkeeper::room {

class room_kind final : public durable::object_kind {
 public:
  static constexpr std::string_view kind_name = "room";

  /// Rooms of one kind share what is counted of each client.
  room_kind(admin_auth admins, std::int64_t session_ttl_ms, const proto::limits& bounds,
            std::shared_ptr<health::monitor> health);

  std::string_view name() const override { return kind_name; }
  std::unique_ptr<durable::durable_object> make(
      const durable::object_address& address) const override;
  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments& left_behind, const durable::object_message& message) const override;
  std::size_t bytes_of(const durable::object_output& output) const override;
  std::vector<durable::object_output> when_broken() const override;

 private:
  std::shared_ptr<const room_rules> rules_;
};

}  // namespace innkeeper::room
