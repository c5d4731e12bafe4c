#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <optional>
#include <string>

/// Reading a certificate and its key, in PEM, as people and their editors write them. Nothing is
/// ever asked of a terminal: OpenSSL's own way would wait there for a pass phrase, on SIGHUP too,
/// and with it the loop. Reading blocks: for the start, and for SIGHUP.
namespace innkeeper::transport {

/// Gives the pair to `context`. A sentence that names option and file if it is no good; then the
/// context is to be thrown away.
std::optional<std::string> use_pair(SSL_CTX& context, const std::filesystem::path& certificate,
                                    const std::filesystem::path& key);

/// OpenSSL's last reason, in its words; clears its list.
std::string openssl_reason();

}  // namespace innkeeper::transport
