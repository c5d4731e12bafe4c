#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// What waits to be written to one socket: shared frames and Beast's own control frames, in order,
/// each whole. Everything pending leaves in as few system calls as possible at the end of the
/// loop's turn. On the loop's thread.
namespace innkeeper::transport {

class loop;

using tcp_socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using shared_bytes = std::shared_ptr<const std::string>;

class outbox : public std::enable_shared_from_this<outbox> {
 public:
  /// Bytes that may wait behind the one being sent; a socket that lets more pile up is given up.
  static constexpr std::size_t waiting_bytes_max = std::size_t{4} * 1024 * 1024;

  outbox(loop& home, tcp_socket socket);

  tcp_socket& socket() { return socket_; }

  /// Keeps frames back (not what Beast writes) until release_frames: the handshake's answer goes
  /// first.
  void hold_frames() { holding_ = true; }
  void release_frames();

  /// False if the outbox is over its bound or the socket is broken: the frame is not taken.
  bool append_frame(const shared_bytes& bytes);
  /// What Beast itself has to say (a handshake's answer, a pong, a close) is small and not bounded.
  /// False if the socket is broken.
  bool append_bytes(std::string bytes);

  /// Writes what the kernel takes without waiting; goes on when it takes more.
  void flush();
  /// Calls back, once, as soon as nothing waits to be written, or nothing ever will be.
  void when_drained(std::function<void()> callback);
  /// Closes the socket and drops what waits.
  void give_up();

 private:
  bool over_bound(std::size_t more) const;
  bool append(shared_bytes bytes);
  /// False if the kernel takes no more now, or the socket broke.
  bool write_some();
  void consume(std::size_t written);
  void wait_until_writable();
  void report_drained();

  loop& home_;
  tcp_socket socket_;
  std::vector<shared_bytes> queue_;
  /// The first of queue_ that is not fully written, and how much of it is.
  std::size_t first_ = 0;
  std::size_t first_written_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::vector<shared_bytes> held_;
  std::size_t held_bytes_ = 0;
  std::function<void()> on_drained_;
  bool holding_ = false;
  bool dirty_ = false;
  bool waiting_ = false;
  bool broken_ = false;
};

}  // namespace innkeeper::transport
