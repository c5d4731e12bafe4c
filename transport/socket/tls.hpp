#pragma once

#include <openssl/ssl.h>

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "transport/socket/outbox.hpp"

/// TLS in the process. A TLS socket stays on the loop that accepted it; what it says goes, in the
/// clear, through a pair of local sockets to the rest of the server, which need not know of TLS at
/// all and may move its end to another loop.
namespace innkeeper::transport {

using tls_context = std::shared_ptr<SSL_CTX>;

/// The certificate and its key, which may be read again while the server runs: any thread.
class tls_files {
 public:
  /// The error is a sentence: a file that cannot be read, or a key that is not the certificate's.
  static boost::system::result<std::shared_ptr<tls_files>, std::string> open(
      std::filesystem::path certificate, std::filesystem::path key);

  /// What new connections use.
  tls_context current() const;
  /// When the certificate ends, in seconds since 1970-01-01 UTC; 0 if it does not say.
  std::int64_t ends_at_s() const;
  const std::filesystem::path& certificate() const { return certificate_; }
  /// Reads the files again. If they are no good the sentence says why, and nothing changes.
  boost::system::result<void, std::string> reload();

 private:
  tls_files(std::filesystem::path certificate, std::filesystem::path key, tls_context context)
      : certificate_(std::move(certificate)), key_(std::move(key)), context_(std::move(context)) {}

  std::filesystem::path certificate_;
  std::filesystem::path key_;
  mutable std::mutex mutex_;
  tls_context context_;
};

/// Called with the end at which the client's words come out in the clear.
using tls_accepted = std::function<void(tcp_socket)>;

/// How long a client may take; 0: any time.
struct tls_patience {
  /// To shake hands.
  std::chrono::milliseconds handshake;
  /// To take any of what waits for it.
  std::chrono::milliseconds stall;
};

/// Shakes hands and carries bytes both ways until the connection is over. On the loop of the
/// socket.
boost::asio::awaitable<void> serve_tls(tcp_socket socket, tls_context context, tls_patience have,
                                       tls_accepted accepted);

}  // namespace innkeeper::transport
