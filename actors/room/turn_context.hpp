#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/room/room.hpp"
#include "actors/room/server_message.hpp"
#include "proto/protocol_error.hpp"

/// Only for the room's sources. On the room's loop.
namespace innkeeper::room {

/// Names the state that all frames of a poll or a counter describe.
inline std::string state_name(const std::string& event, const std::string& id) {
  return event + ':' + id;
}

inline proto::protocol_error storage_full_error() {
  return {
      proto::error_code::storage_full,
      "The server's disk is full, or its file is locked or was just changed by hand; nothing has "
      "been changed."};
}

inline constexpr const char* config_state = "config";

/// Closes all connections: the room's rows were edited by hand, or the room is broken.
inline sockets::close_all all_are_to_come_back() {
  return {proto::close_code::internal_error, "The room has to restart.",
          "The room's rows cannot be read or stored now."};
}

struct room::turn_context {
  const durable::turn& now;
  snapshot_cache& told;
  health::monitor& health;
  durable::effects wanted;
  /// The session's earlier vote in the poll of this turn.
  std::optional<std::string> earlier_vote{};
  /// The outputs reveal no write: they stay true if the disk is full.
  bool only_memory = false;
  /// The room's own row must be written.
  bool state_changed = false;

  template <class Output>
  void out(Output output) {
    wanted.outputs.emplace_back(std::in_place_type<sockets::socket_output>, std::move(output));
  }
  /// `make` returns the single output that replaces the others if the disk is full.
  template <class Make>
  void fallback_if_full(Make make) {
    wanted.if_storage_full = [make = std::move(make)] {
      return std::vector<durable::object_output>{sockets::output(make())};
    };
  }
  void tell(connection_id whom, std::string_view text) {
    out(sockets::send{whom, proto::frame(text)});
  }
  void refuse(connection_id whom, const proto::protocol_error& error) {
    health.count_error(proto::code_word(error.code));
    tell(whom, proto::encode_error(error));
  }
  /// Names the state of polls and counters after the topic, so that a slow client skips older
  /// values.
  void publish_to(sockets::topic to, std::string_view text) {
    const auto state = to.id ? state_name(to.event, *to.id) : std::string();
    if (!state.empty()) told.changed(state);
    proto::frame frame(text, state);
    out(sockets::publish{std::move(to), std::move(frame)});
  }
};

}  // namespace innkeeper::room
