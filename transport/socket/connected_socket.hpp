#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace innkeeper::transport {

using tcp_socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// A socket that Asio knows only while something waits for it there. Asio puts every socket that it
/// has into its epoll, which would be woken by all that comes, beside the read_poll that is meant
/// to be: the kernel would look twice, and Asio find nobody who waits. On the loop's thread.
class connected_socket {
 public:
  using waiter = std::function<void(boost::system::error_code)>;

  /// Takes the descriptor over; -1: a socket that is closed.
  connected_socket(boost::asio::io_context& io, int descriptor)
      : io_(io), descriptor_(descriptor) {}
  ~connected_socket() { close(); }
  connected_socket(const connected_socket&) = delete;
  connected_socket& operator=(const connected_socket&) = delete;

  boost::asio::io_context::executor_type get_executor() const { return io_.get_executor(); }
  /// -1 once it is closed.
  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

  /// Calls back once the socket can be written to or read from, with an error if it is closed or
  /// Asio cannot take it. It has to live until then.
  void wait(tcp_socket::wait_type for_what, waiter done);
  /// What has come, as recv(2) without waiting; by the way into the kernel that costs least.
  std::ptrdiff_t receive(std::span<char> space) const;
  /// Nothing more will be written.
  void end_writing() const;
  void close();

 private:
  boost::system::error_code enter_asio();
  void leave_asio();

  boost::asio::io_context& io_;
  int descriptor_;
  /// Null while nothing waits; the descriptor is its own otherwise.
  std::unique_ptr<tcp_socket> watched_;
  std::size_t waits_ = 0;
};

}  // namespace innkeeper::transport
