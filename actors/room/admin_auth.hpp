#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/durable/durable_object.hpp"
#include "actors/room/client_message.hpp"
#include "proto/protocol_error.hpp"
#include "proto/replaceable.hpp"

/// Decides which sessions become admins. A key used by one session is refused for other sessions
/// while its timestamp is valid. On the room's loop.
namespace innkeeper::room {

class admin_auth {
 public:
  using keys = proto::replaceable<std::vector<std::string>>;

  /// Accepts keys made from any of the signing keys. With no signing key, admin login is off.
  /// Copies share the keys.
  explicit admin_auth(std::shared_ptr<const keys> signing_keys)
      : signing_keys_(std::move(signing_keys)) {}
  explicit admin_auth(std::vector<std::string> signing_keys)
      : admin_auth(std::make_shared<const keys>(std::move(signing_keys))) {}
  // NOLINTNEXTLINE(google-explicit-constructor): one key is all that most have
  admin_auth(const std::string& signing_key)
      : admin_auth(signing_key.empty() ? std::vector<std::string>() : std::vector{signing_key}) {}

  /// Nothing if `session` may become an admin. Then `into` records the key's use, unless it was
  /// recorded before.
  std::optional<proto::protocol_error> try_key(const std::string& room_name,
                                               const std::string& session,
                                               const authenticate_message& tried,
                                               const durable::turn& now,
                                               storage::write_batch& into) const;

  /// Whether the key is 64 hex digits: if so, a wrong key counts as a guess, else as a mistake.
  static bool is_well_formed(std::string_view key);

 private:
  std::shared_ptr<const keys> signing_keys_;
};

}  // namespace innkeeper::room
