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

/// Decides who becomes an admin. A key that one session has used is good for no other session as
/// long as its timestamp is. On the room's loop.
namespace innkeeper::room {

class admin_auth {
 public:
  using keys = proto::replaceable<std::vector<std::string>>;

  /// A key made from any of them is good. Without any admin login is off. Copies share them.
  explicit admin_auth(std::shared_ptr<const keys> signing_keys)
      : signing_keys_(std::move(signing_keys)) {}
  explicit admin_auth(std::vector<std::string> signing_keys)
      : admin_auth(std::make_shared<const keys>(std::move(signing_keys))) {}
  // NOLINTNEXTLINE(google-explicit-constructor): one key is all that most have
  admin_auth(const std::string& signing_key)
      : admin_auth(signing_key.empty() ? std::vector<std::string>() : std::vector{signing_key}) {}

  /// Nothing if `session` may be an admin; then the key's use is in `into`, unless it was known.
  std::optional<proto::protocol_error> try_key(const std::string& room_name,
                                               const std::string& session,
                                               const authenticate_message& tried,
                                               const durable::turn& now,
                                               storage::write_batch& into) const;

  /// 64 hex digits: a guess, not a mistake.
  static bool is_well_formed(std::string_view key);

 private:
  std::shared_ptr<const keys> signing_keys_;
};

}  // namespace innkeeper::room
