#include "transport/socket/tls.hpp"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <ctime>
#include <optional>
#include <utility>

#include "proto/limits.hpp"
#include "transport/socket/tls_pair.hpp"

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// One TLS record holds as much.
constexpr std::size_t piece_bytes = 16384;
/// What the kernel keeps between the two halves; the outbox should notice a slow client soon.
constexpr int pair_bytes = 16384;
constexpr std::chrono::milliseconds farewell_max{proto::farewell_ms_max};

bool configure(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_alpn_select_cb(
      context,
      [](SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
         unsigned int size, void*) {
        static constexpr std::array<unsigned char, 9> http{8,   'h', 't', 't', 'p',
                                                           '/', '1', '.', '1'};
        const int found = SSL_select_next_proto(const_cast<unsigned char**>(chosen), length,
                                                http.data(), http.size(), offered, size);
        return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
      },
      nullptr);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

boost::system::result<tls_context, std::string> read_context(const std::filesystem::path& chain,
                                                             const std::filesystem::path& key) {
  tls_context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context || !configure(context.get())) return "TLS cannot be set up: " + openssl_reason();
  if (auto fault = use_pair(*context, chain, key)) return std::move(*fault);
  return context;
}

/// One client's connection: the encrypted socket, and our end of the pair.
struct relay {
  relay(tcp_socket encrypted, const tls_context& context, std::chrono::milliseconds patience)
      : outer(std::move(encrypted)),
        inner(outer.get_executor()),
        deadline(outer.get_executor()),
        stall_max(patience),
        ssl(SSL_new(context.get()), SSL_free) {
    boost::system::error_code ignored;
    static_cast<void>(outer.native_non_blocking(true, ignored));
    if (ssl) {
      SSL_set_fd(ssl.get(), outer.native_handle());
      count_records();
    }
  }
  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  void close() {
    boost::system::error_code ignored;
    static_cast<void>(outer.close(ignored));
    static_cast<void>(inner.close(ignored));
    deadline.cancel();
  }

  /// Too many that bring nothing: as if the connection had broken.
  void count_records() {
    SSL_set_msg_callback_arg(ssl.get(), this);
    SSL_set_msg_callback(ssl.get(), [](int written, int, int content, const void*, std::size_t,
                                       SSL*, void* counting) {
      if (written == 0 && content == SSL3_RT_HEADER) {
        ++static_cast<relay*>(counting)->fruitless_records;
      }
    });
    auto* const wire = SSL_get_rbio(ssl.get());
    BIO_set_callback_arg(wire, reinterpret_cast<char*>(this));
    BIO_set_callback_ex(wire,
                        [](BIO* from, int operation, const char*, std::size_t, int, long,
                           int result, std::size_t*) -> long {
                          const auto* counting =
                              reinterpret_cast<const relay*>(BIO_get_callback_arg(from));
                          if (operation != BIO_CB_READ ||
                              counting->fruitless_records <= proto::fruitless_records_max) {
                            return result;
                          }
                          BIO_clear_retry_flags(from);
                          return -1;
                        });
  }

  tcp_socket outer;
  tcp_socket inner;
  asio::steady_timer deadline;
  std::chrono::milliseconds stall_max;
  std::size_t fruitless_records = 0;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl;
};
using relay_ptr = std::shared_ptr<relay>;

void close_in(const relay_ptr& of, std::chrono::milliseconds time) {
  of->deadline.expires_after(time);
  of->deadline.async_wait([weak = std::weak_ptr<relay>(of)](boost::system::error_code cancelled) {
    const auto late = weak.lock();
    if (!cancelled && late) late->close();
  });
}

asio::awaitable<bool> ready(tcp_socket& socket, tcp_socket::wait_type what) {
  auto [error] = co_await socket.async_wait(what, asio::as_tuple(asio::use_awaitable));
  co_return !error;
}

/// Waits for what OpenSSL wants before it can go on; false if it never will.
asio::awaitable<bool> can_go_on(const relay_ptr& on, int result) {
  const int wanted = SSL_get_error(on->ssl.get(), result);
  ERR_clear_error();
  if (wanted == SSL_ERROR_WANT_READ) co_return co_await ready(on->outer, tcp_socket::wait_read);
  if (wanted == SSL_ERROR_WANT_WRITE) co_return co_await ready(on->outer, tcp_socket::wait_write);
  co_return false;
}

asio::awaitable<bool> shake_hands(const relay_ptr& on) {
  for (;;) {
    const int result = SSL_accept(on->ssl.get());
    if (result == 1) co_return true;
    if (!co_await can_go_on(on, result)) co_return false;
  }
}

asio::awaitable<bool> write_inner(const relay_ptr& to, const char* bytes, std::size_t size) {
  while (size > 0) {
    const auto sent = ::send(to->inner.native_handle(), bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes += sent;
      size -= static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!co_await ready(to->inner, tcp_socket::wait_write)) co_return false;
    } else if (errno != EINTR) {
      co_return false;
    }
  }
  co_return true;
}

asio::awaitable<bool> write_outer(const relay_ptr& to, const char* bytes, std::size_t size) {
  while (size > 0) {
    const int sent = SSL_write(to->ssl.get(), bytes, static_cast<int>(size));
    if (sent > 0) {
      bytes += sent;
      size -= static_cast<std::size_t>(sent);
      continue;
    }
    // Behind us the server closes whoever takes nothing for as long; its end would be gone, and
    // this one held for ever.
    if (to->stall_max.count() > 0) close_in(to, to->stall_max);
    const bool goes_on = co_await can_go_on(to, sent);
    to->deadline.cancel();
    if (!goes_on) co_return false;
  }
  co_return true;
}

/// What can be read without waiting, decrypted and passed on; a connection that waits holds no
/// buffer. Gives OpenSSL's last result, which is not positive; nothing if the inner end is gone.
asio::awaitable<std::optional<int>> pass_in(const relay_ptr& through) {
  const auto piece = std::make_unique<char[]>(piece_bytes);
  for (;;) {
    const int size = SSL_read(through->ssl.get(), piece.get(), piece_bytes);
    if (size <= 0) co_return size;
    through->fruitless_records = 0;
    if (!co_await write_inner(through, piece.get(), static_cast<std::size_t>(size))) {
      co_return std::nullopt;
    }
  }
}

asio::awaitable<void> carry_in(relay_ptr through) {
  for (;;) {
    const auto result = co_await pass_in(through);
    if (!result) break;
    if (!co_await can_go_on(through, *result)) {
      ::shutdown(through->inner.native_handle(), SHUT_WR);
      co_return;
    }
  }
  through->close();
}

/// False once there is nothing more to come, or nobody to take it.
asio::awaitable<bool> pass_out(const relay_ptr& through) {
  const auto piece = std::make_unique<char[]>(piece_bytes);
  for (;;) {
    const auto size =
        ::recv(through->inner.native_handle(), piece.get(), piece_bytes, MSG_DONTWAIT);
    if (size == 0) co_return false;
    if (size > 0) {
      if (!co_await write_outer(through, piece.get(), static_cast<std::size_t>(size))) {
        co_return false;
      }
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      co_return true;
    } else if (errno != EINTR) {
      co_return false;
    }
  }
}

asio::awaitable<void> carry_out(relay_ptr through) {
  // The standard's `while (co_await ...)` is what g++ 12 turns into a trap.
  for (;;) {
    const bool has_come = co_await ready(through->inner, tcp_socket::wait_read);
    if (!has_come) break;
    const bool goes_on = co_await pass_out(through);
    if (!goes_on) break;
  }
  if (!through->outer.is_open()) co_return;
  SSL_shutdown(through->ssl.get());
  ERR_clear_error();
  ::shutdown(through->outer.native_handle(), SHUT_WR);
  close_in(through, farewell_max);
}

/// The server's end of a new pair; ours goes into the relay.
std::optional<tcp_socket> open_pair(relay& of) {
  std::array<int, 2> ends{};
  const int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  if (::socketpair(AF_UNIX, type, 0, ends.data()) != 0) return std::nullopt;
  for (const int end : ends) {
    static_cast<void>(::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &pair_bytes, sizeof(pair_bytes)));
  }
  // Asio asks nothing of a stream socket that a local one would answer otherwise.
  of.inner.assign(tcp::v4(), ends[0]);
  return tcp_socket(of.outer.get_executor(), tcp::v4(), ends[1]);
}

}  // namespace

boost::system::result<std::shared_ptr<tls_files>, std::string> tls_files::open(
    std::filesystem::path certificate, std::filesystem::path key) {
  auto context = read_context(certificate, key);
  if (!context) return context.error();
  return std::shared_ptr<tls_files>(
      new tls_files(std::move(certificate), std::move(key), std::move(*context)));
}

tls_context tls_files::current() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

std::int64_t tls_files::ends_at_s() const {
  const auto context = current();
  const auto* certificate = SSL_CTX_get0_certificate(context.get());
  std::tm when{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &when) != 1) {
    return 0;
  }
  return ::timegm(&when);
}

boost::system::result<void, std::string> tls_files::reload() {
  auto context = read_context(certificate_, key_);
  if (!context) return context.error();
  const std::lock_guard lock(mutex_);
  context_ = std::move(*context);
  return {};
}

asio::awaitable<void> serve_tls(tcp_socket socket, tls_context context, tls_patience have,
                                tls_accepted accepted) {
  const auto through = std::make_shared<relay>(std::move(socket), context, have.stall);
  context.reset();
  if (!through->ssl) co_return;
  if (have.handshake.count() > 0) close_in(through, have.handshake);
  if (!co_await shake_hands(through)) co_return through->close();
  through->deadline.cancel();
  auto server_end = open_pair(*through);
  if (!server_end) co_return through->close();
  const auto executor = through->outer.get_executor();
  asio::co_spawn(executor, carry_in(through), asio::detached);
  asio::co_spawn(executor, carry_out(through), asio::detached);
  accepted(std::move(*server_end));
}

}  // namespace innkeeper::transport
