#include "proto/session_signer.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace innkeeper::proto {
namespace {

/// Half of SHA-256: impossible to guess, and short in a cookie.
constexpr std::size_t signature_bytes = 16;

/// The prefix makes the signature invalid for any other use of the key.
std::string signature(std::string_view random, const std::string& key) {
  const auto text = "innkeeper session " + std::string(random);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
           &size) == nullptr) {
    throw std::runtime_error("OpenSSL offers no HMAC with SHA-256");
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (std::size_t i = 0; i < signature_bytes; ++i) {
    hex.append({digits[digest.at(i) >> 4], digits[digest.at(i) & 0x0F]});
  }
  return hex;
}

}  // namespace

std::string session_signer::sign(std::string_view random) const {
  return std::string(random) + "." + signature(random, keys_->current()->front());
}

bool session_signer::is_signed(std::string_view id) const {
  const auto point = id.rfind('.');
  if (point == std::string_view::npos) return false;
  const auto given = id.substr(point + 1);
  if (given.size() != signature_bytes * 2) return false;
  const auto accepted = keys_->current();
  return std::ranges::any_of(*accepted, [&](const std::string& key) {
    const auto expected = signature(id.substr(0, point), key);
    return CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
  });
}

}  // namespace innkeeper::proto
