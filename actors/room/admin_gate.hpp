#pragma once

#include <optional>
#include <string>

#include "actors/durable/durable_object.hpp"
#include "proto/client_message.hpp"
#include "proto/protocol_error.hpp"

/// Decides who becomes an admin. A key that one session has used is good for no other session as
/// long as its timestamp is. On the room's loop.
namespace innkeeper::room {

class admin_gate {
 public:
  /// An empty signing key switches admin login off.
  explicit admin_gate(std::string signing_key) : signing_key_(std::move(signing_key)) {}

  /// Nothing if `session` may be an admin; then the key's use is in `into`, unless it was known.
  std::optional<proto::protocol_error> try_key(const std::string& room_name,
                                               const std::string& session,
                                               const proto::authenticate_message& tried,
                                               const durable::turn& now,
                                               storage::write_batch& into) const;

 private:
  std::string signing_key_;
};

}  // namespace innkeeper::room
