#pragma once

#include <memory>
#include <string>

#include "actors/room/room.hpp"
#include "actors/sockets/socket_object.hpp"

/// The kind of rooms for the directory: it makes rooms, and handles messages to hibernated ones.
/// Immutable: any thread.
namespace innkeeper::room {

class room_kind final : public sockets::socket_kind {
 public:
  static constexpr std::string_view kind_name = "room";

  /// Rooms of one kind share each client's rate counts.
  room_kind(admin_auth admins, std::int64_t session_ttl_ms, const proto::limits& bounds,
            std::shared_ptr<health::monitor> health);

  std::string_view name() const override { return kind_name; }
  std::unique_ptr<durable::durable_object> make(
      const durable::object_address& address) const override;
  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments& left_behind, const durable::object_message& message) const override;
  std::vector<durable::object_output> when_broken() const override;

  sockets::read_message read(const sockets::raw_message& what) const override;
  durable::object_message wrap(sockets::socket_event what) const override;
  std::string_view noun() const override { return "room"; }
  bool is_pinged() const override { return true; }
  proto::frame ping(std::int64_t now_ms) const override;
  std::optional<proto::frame> too_loud() const override;
  bool wants_activity(const request& of) const override { return of.path == users_path; }

 private:
  std::shared_ptr<const room_rules> rules_;
};

}  // namespace innkeeper::room
