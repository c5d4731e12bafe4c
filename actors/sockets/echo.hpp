#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "actors/sockets/socket_object.hpp"

/// A kind of object that echoes each message, text as text and binary as binary. Tests of the
/// WebSocket protocol use it. It stores nothing and answers while hibernated, so only HTTP requests
/// wake it. Immutable: any thread.
namespace innkeeper::sockets {

class echo_kind final : public socket_kind {
 public:
  static constexpr std::string_view kind_name = "echo";

  std::string_view name() const override { return kind_name; }
  /// Tests of the protocol send large messages at full speed.
  bool is_rate_limited() const override { return false; }
  std::size_t message_bytes_max(std::size_t /*by_default*/) const override {
    return std::size_t{16} * 1024 * 1024;
  }
  std::unique_ptr<durable::durable_object> make(
      const durable::object_address& address) const override;
  std::optional<std::vector<durable::object_output>> handle_hibernated(
      durable::attachments& left_behind, const durable::object_message& message) const override;
};

}  // namespace innkeeper::sockets
