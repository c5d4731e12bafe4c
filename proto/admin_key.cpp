#include "proto/admin_key.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

#include "proto/ascii.hpp"

namespace innkeeper::proto {

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL offers no SHA-256");
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += digits[digest[i] >> 4];
    hex += digits[digest[i] & 0x0F];
  }
  return hex;
}

std::string object_id(std::string_view room_name) {
  return sha256_hex(room_name);
}

bool is_admin_key(std::string_view key, std::string_view room_name, std::string_view timestamp,
                  std::string_view signing_key) {
  std::string signed_text(room_name);
  signed_text.append(timestamp).append(signing_key);
  const auto expected = sha256_hex(signed_text);
  const auto given = lower(key);
  return given.size() == expected.size() &&
         CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
}

}  // namespace innkeeper::proto
