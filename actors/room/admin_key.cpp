#include "actors/room/admin_key.hpp"

#include <openssl/crypto.h>

#include <string>

#include "proto/ascii.hpp"
#include "proto/digest.hpp"

namespace innkeeper::room {

bool is_admin_key(std::string_view key, std::string_view room_name, std::string_view timestamp,
                  std::string_view signing_key) {
  std::string signed_text(room_name);
  signed_text.append(timestamp).append(signing_key);
  const auto expected = proto::sha256_hex(signed_text);
  const auto given = proto::lower(key);
  return given.size() == expected.size() &&
         CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
}

}  // namespace innkeeper::room
