#include "transport/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "transport/http_session.hpp"

namespace innkeeper::transport {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds pause_after_failure{100};

}  // namespace

boost::system::result<std::shared_ptr<listener>, std::string> listener::open(
    const std::string& address, std::uint16_t port, std::shared_ptr<const site> shared) {
  error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error)
    return "'" + address + "' is no IP address; give one like 127.0.0.1 or :: with --bind.";
  const tcp::endpoint endpoint(ip, port);
  acceptor listening(shared->homes.front().runs_on->io());
  listening.open(endpoint.protocol(), error);
  if (!error) listening.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) listening.bind(endpoint, error);
  if (!error) listening.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return "Cannot listen on " + address + " port " + std::to_string(port) + ": " +
           error.message() + ". Choose another with --bind and --port.";
  }
  return std::shared_ptr<listener>(new listener(std::move(listening), std::move(shared)));
}

listener::listener(acceptor listening, std::shared_ptr<const site> shared)
    : acceptor_(std::move(listening)),
      pause_(acceptor_.get_executor()),
      shared_(std::move(shared)),
      port_(acceptor_.local_endpoint().port()) {}

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
    if (error) return self->accept_later();
    error_code ignored;
    // Without it small frames wait up to 40 ms for the peer's acknowledgement.
    static_cast<void>(socket.set_option(tcp::no_delay(true), ignored));
    asio::co_spawn(io, serve_http(std::move(socket), self->shared_), asio::detached);
    self->accept();
  });
}

void listener::accept_later() {
  pause_.expires_after(pause_after_failure);
  pause_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled) self->accept();
  });
}

}  // namespace innkeeper::transport
