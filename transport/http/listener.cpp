#include "transport/http/listener.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <string_view>
#include <utility>

#include "proto/limits.hpp"
#include "transport/http/http_session.hpp"
#include "transport/http/turned_away.hpp"
#include "transport/loop/steady_ms.hpp"
#include "transport/socket/http_date.hpp"
#include "transport/socket/refusal.hpp"

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds pause_after_failure{100};
/// Paces the accepting; nothing is refused at it.
constexpr std::size_t accepted_in_a_row_max = 8;
/// Each newcomer takes 100 to 300 us of the processor, so that a crowd of them would keep all who
/// are there already waiting. While these talk, and a while longer, for people pause between two
/// words, so few come in between two pauses.
constexpr std::size_t accepted_while_others_talk = 4;
constexpr std::chrono::milliseconds pause_while_others_talk{1};
constexpr std::chrono::milliseconds talk_lasts{100};

/// What comes over the loopback device is neither lost nor held up, so that the rule which costs
/// the kernel least will do. Another that may be the machine's default (BBR) paces each send.
/// Connections have it from the socket that accepts them.
void use_cheapest_congestion_control(int socket) {
  constexpr std::string_view cheapest = "reno";  // part of every kernel, tcp(7)
  static_cast<void>(
      ::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, cheapest.data(), cheapest.size()));
}

/// Costs nothing but the call that sends it.
void refuse_at_once(tcp_socket& socket, admission_control::refusal why) {
  const auto fault = fault_of(why);
  const auto text =
      refusal_bytes(static_cast<unsigned int>(fault.status), fault.sentence, current_http_date());
  static_cast<void>(
      ::send(socket.native_handle(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

/// A process without descriptors, a system without descriptors or memory: accept(2).
bool is_shortage(error_code error) {
  return error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
         error == asio::error::no_memory ||
         error == boost::system::errc::make_error_code(
                      boost::system::errc::too_many_files_open_in_system);
}

std::chrono::milliseconds handshake_patience(const arrival& came, const proto::limits& bounds) {
  auto limit_ms = bounds.handshake_ms;
  if (came.on_probation && (limit_ms == 0 || limit_ms > proto::probation_ms_max)) {
    limit_ms = proto::probation_ms_max;
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(limit_ms));
}

}  // namespace

boost::system::result<std::shared_ptr<listener>, std::string> listener::open(
    const std::string& address, std::uint16_t port, std::shared_ptr<const server_context> context) {
  error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error)
    return "'" + address + "' is no IP address; give one like 127.0.0.1 or :: with --bind.";
  const tcp::endpoint endpoint(ip, port);
  acceptor listening(context->homes.front().runs_on->io());
  listening.open(endpoint.protocol(), error);
  if (!error) listening.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && ip.is_loopback()) use_cheapest_congestion_control(listening.native_handle());
  if (!error) listening.bind(endpoint, error);
  if (!error) listening.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return "Cannot listen on " + address + " port " + std::to_string(port) + ": " +
           error.message() + ". Choose another with --bind and --port.";
  }
  return std::shared_ptr<listener>(new listener(std::move(listening), std::move(context)));
}

listener::listener(acceptor listening, std::shared_ptr<const server_context> context)
    : acceptor_(std::move(listening)),
      pause_(acceptor_.get_executor()),
      shared_(std::move(context)),
      port_(acceptor_.local_endpoint().port()),
      left_in_row_(accepted_in_a_row_max) {}

void listener::start() {
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->accept(); });
}

void listener::stop() {
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
    error_code ignored;
    static_cast<void>(self->acceptor_.close(ignored));
    self->pause_.cancel();
  });
}

void listener::accept() {
  auto& io = shared_->homes[next_++ % shared_->homes.size()].runs_on->io();
  acceptor_.async_accept(io, [self = shared_from_this(), &io](error_code error, tcp_socket socket) {
    if (error == asio::error::operation_aborted || !self->acceptor_.is_open()) return;
    if (error) return self->accept_later(error);
    error_code ignored;
    // Without it small frames wait up to 40 ms for the peer's acknowledgement.
    static_cast<void>(socket.set_option(tcp::no_delay(true), ignored));
    self->serve(std::move(socket), io);
    self->accept_more();
  });
}

void listener::accept_more() {
  if (--left_in_row_ > 0) return accept();
  shared_->homes.front().runs_on->next_turn(
      [self = shared_from_this()] { self->accept_next_row(); });
}

void listener::accept_next_row() {
  std::uint64_t heard = 0;
  for (const auto& each : shared_->homes) heard += each.runs_on->bytes_heard();
  const auto now = shared_->homes.front().runs_on->now();
  if (std::exchange(heard_, heard) != heard) heard_at_ = now;
  const bool is_quiet = now - heard_at_ > talk_lasts;
  left_in_row_ = is_quiet ? accepted_in_a_row_max : accepted_while_others_talk;
  if (is_quiet) return accept();
  accept_after(pause_while_others_talk);
}

void listener::serve(tcp_socket socket, asio::io_context& io) {
  error_code gone;
  const auto address = socket.remote_endpoint(gone).address();
  if (gone) return;
  arrival came{{address, shared_->tls != nullptr}, {}};
  if (const auto refusal = admit(address, came.place)) {
    arrival::turned_away on{*refusal, {}};
    if (!shared_->admission->enter_on_probation(network_of(address), steady_ms(), on.held)) {
      report_refusal(*shared_->health, *refusal, address);
      if (!shared_->tls) refuse_at_once(socket, *refusal);
      return;
    }
    came.on_probation.emplace(std::move(on));
  }
  if (!shared_->tls) {
    asio::co_spawn(io, serve_http(std::move(socket), std::move(came), shared_), asio::detached);
    return;
  }
  const auto& bounds = *shared_->bounds;
  const tls_patience patience{
      handshake_patience(came, bounds),
      std::chrono::milliseconds(static_cast<std::int64_t>(bounds.stall_ms))};
  auto kept = std::make_shared<arrival>(std::move(came));
  auto accepted = [&io, kept, context = shared_](tcp_socket in_the_clear) {
    asio::co_spawn(io, serve_http(std::move(in_the_clear), std::move(*kept), context),
                   asio::detached);
  };
  asio::co_spawn(io, serve_tls(std::move(socket), shared_->tls->current(), patience, accepted),
                 asio::detached);
}

/// Who a trusted proxy speaks for is known, and counted, when it says so.
std::optional<admission_control::refusal> listener::admit(const asio::ip::address& address,
                                                          connection_slot& place) {
  if (const auto refusal = shared_->admission->enter(place)) return refusal;
  if (shared_->trusted_proxies.current()->contains(address)) return std::nullopt;
  return shared_->admission->enter_as(network_of(address), steady_ms(), place);
}

void listener::accept_later(error_code failure) {
  if (is_shortage(failure)) {
    shared_->health->report(health::reason::descriptors_short,
                            "no connection can be accepted: " + failure.message());
  }
  accept_after(pause_after_failure);
}

void listener::accept_after(std::chrono::milliseconds pause) {
  pause_.expires_after(pause);
  pause_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled) self->accept();
  });
}

}  // namespace innkeeper::transport
