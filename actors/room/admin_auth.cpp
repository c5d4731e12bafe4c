#include "actors/room/admin_auth.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "actors/room/admin_key.hpp"
#include "actors/room/room_tables.hpp"
#include "proto/ascii.hpp"
#include "proto/digest.hpp"
#include "proto/limits.hpp"

namespace innkeeper::room {
namespace {

using proto::error_code;
using proto::protocol_error;

/// The texts are those of the original server, which clients know.
protocol_error wrong_timestamp(std::int64_t received, std::int64_t now) {
  return {error_code::wrong_timestamp, "Wrong timestamp. Received " + std::to_string(received) +
                                           " but now is " + std::to_string(now) + " Diff is " +
                                           std::to_string(std::abs(now - received))};
}

/// The stored form of a key: equal for upper and lower case, and useless for logging in.
std::string fingerprint(std::string_view key) {
  return proto::sha256_hex(proto::lower(key));
}

/// This row replaces a key's hash. It holds the latest expiry of all erased keys. An equally old
/// key may be one of them, even if the time of day was set back.
const storage::row erased_until{"erased"};

std::int64_t erased_until_ms(const durable::turn& now) {
  const auto found = now.stored.get(tables::used_keys, erased_until);
  return found ? storage::as_integer((*found)[1]) : 0;
}

void erase_expired(const durable::turn& now, storage::write_batch& into) {
  constexpr std::size_t at_most = 100;  // the rest goes next time
  const storage::row_range some{{}, {}, std::nullopt, at_most};
  const auto before = erased_until_ms(now);
  auto until = before;
  for (const auto& [key, columns] : now.stored.list(tables::used_keys, some)) {
    const auto expires_ms = storage::as_integer(columns[1]);
    if (key == erased_until || expires_ms >= now.now_ms) continue;
    into.erase(tables::used_keys, key);
    until = std::max(until, expires_ms);
  }
  if (until != before) into.put(tables::used_keys, erased_until, {"", until});
}

}  // namespace

bool admin_auth::is_well_formed(std::string_view key) {
  constexpr std::size_t sha256_hex_digits = 64;
  return key.size() == sha256_hex_digits &&
         std::ranges::all_of(key, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

std::optional<protocol_error> admin_auth::try_key(const std::string& room_name,
                                                  const std::string& session,
                                                  const authenticate_message& tried,
                                                  const durable::turn& now,
                                                  storage::write_batch& into) const {
  const auto signing_keys = signing_keys_->current();
  if (signing_keys->empty()) {
    return protocol_error{error_code::admin_off,
                          "Admin login is off: the server has no signing key."};
  }
  if (std::abs(now.now_ms - tried.timestamp_ms) > proto::admin_key_window_ms) {
    return wrong_timestamp(tried.timestamp_ms, now.now_ms);
  }
  const auto timestamp = std::to_string(tried.timestamp_ms);
  if (std::ranges::none_of(*signing_keys, [&](const std::string& each) {
        return is_admin_key(tried.key, room_name, timestamp, each);
      })) {
    return protocol_error{error_code::wrong_key, "The key does not fit this room and timestamp."};
  }
  const auto hash = fingerprint(tried.key);
  const auto used = now.stored.get(tables::used_keys, {hash});
  if (!used) {
    const auto expires_ms = tried.timestamp_ms + proto::admin_key_window_ms;
    if (expires_ms <= erased_until_ms(now)) {
      return protocol_error{error_code::key_used,
                            "The key is too old: it may have been used. Make one with a new "
                            "timestamp."};
    }
    erase_expired(now, into);
    into.put(tables::used_keys, {hash}, {session, expires_ms});
  } else if (storage::as_text((*used)[0]) != session) {
    return protocol_error{error_code::key_used,
                          "Another session has used this key. Make one with a new timestamp."};
  }
  return std::nullopt;
}

}  // namespace innkeeper::room
