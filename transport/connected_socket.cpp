#include "transport/connected_socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <utility>

namespace innkeeper::transport {

void connected_socket::wait(tcp_socket::wait_type for_what, waiter done) {
  boost::system::error_code error;
  if (!is_open()) error = boost::asio::error::bad_descriptor;
  if (!error && !watched_) {
    auto known = std::make_unique<tcp_socket>(io_);
    // Nothing asks a connected socket which protocol it is.
    static_cast<void>(known->assign(boost::asio::ip::tcp::v4(), descriptor_, error));
    if (!error) watched_ = std::move(known);
  }
  if (error) {
    boost::asio::post(io_, [done = std::move(done), error] { done(error); });
    return;
  }
  ++waits_;
  watched_->async_wait(for_what, [this, done = std::move(done)](boost::system::error_code result) {
    if (--waits_ == 0) leave_asio();
    done(result);
  });
}

void connected_socket::leave_asio() {
  if (!watched_) return;  // closed meanwhile
  boost::system::error_code ignored;
  static_cast<void>(watched_->release(ignored));
  watched_ = nullptr;
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
