#include "transport/socket/connected_socket.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <utility>

namespace innkeeper::transport {

void connected_socket::wait(tcp_socket::wait_type for_what, waiter done) {
  if (const auto error = enter_asio()) {
    boost::asio::post(io_, [done = std::move(done), error] { done(error); });
    return;
  }
  ++waits_;
  watched_->async_wait(for_what, [this, done = std::move(done)](boost::system::error_code result) {
    if (--waits_ == 0) leave_asio();
    done(result);
  });
}

/// Asio would keep a piece of memory for each descriptor that it cannot take.
boost::system::error_code connected_socket::enter_asio() {
  if (!is_open()) return boost::asio::error::bad_descriptor;
  if (watched_) return {};
  auto known = std::make_unique<tcp_socket>(io_);
  boost::system::error_code error;
  // Nothing asks a connected socket which protocol it is.
  static_cast<void>(known->assign(boost::asio::ip::tcp::v4(), descriptor_, error));
  if (!error) watched_ = std::move(known);
  return error;
}

void connected_socket::leave_asio() {
  if (!watched_) return;  // closed meanwhile
  boost::system::error_code ignored;
  static_cast<void>(watched_->release(ignored));
  watched_ = nullptr;
}

/// The C library's recv lets a thread be cancelled there: two locked instructions for each call.
/// It is where sanitizers look on, though.
std::ptrdiff_t connected_socket::receive(std::span<char> space) const {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return ::recv(descriptor_, space.data(), space.size(), MSG_DONTWAIT);
#else
  return ::syscall(SYS_recvfrom, descriptor_, space.data(), space.size(), MSG_DONTWAIT, nullptr,
                   nullptr);
#endif
}

void connected_socket::end_writing() const {
  if (is_open()) static_cast<void>(::shutdown(descriptor_, SHUT_WR));
}

void connected_socket::close() {
  if (!is_open()) return;
  if (watched_) {
    watched_ = nullptr;
  } else {
    ::close(descriptor_);
  }
  descriptor_ = -1;
}

}  // namespace innkeeper::transport
