#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "transport/http/server_context.hpp"

/// Accepts connections and gives them to the loops in turn. Lives on the first loop.
namespace innkeeper::transport {

class listener : public std::enable_shared_from_this<listener> {
 public:
  /// Any thread, before the first accept. The error is a sentence.
  static boost::system::result<std::shared_ptr<listener>, std::string> open(
      const std::string& address, std::uint16_t port,
      std::shared_ptr<const server_context> context);

  /// The port that was really taken, which matters if 0 was asked for.
  std::uint16_t port() const { return port_; }
  /// Any thread.
  void start();
  void stop();

 private:
  using acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp,
                                                      boost::asio::io_context::executor_type>;

  listener(acceptor listening, std::shared_ptr<const server_context> context);

  void accept();
  /// At once, or when a turn of the loop has had its share.
  void accept_more();
  void serve(tcp_socket socket, boost::asio::io_context& io);
  std::optional<admission_control::refusal> admit(const boost::asio::ip::address& address,
                                                  connection_slot& place);
  /// At once, or after a pause if others have something to say meanwhile.
  void accept_next_row();
  void accept_later(boost::system::error_code failure);
  void accept_after(std::chrono::milliseconds pause);

  acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::shared_ptr<const server_context> shared_;
  std::uint16_t port_;
  std::size_t next_ = 0;
  /// So many more come in before there is a look at what others say.
  std::size_t left_in_row_;
  /// Bytes that all loops had heard when the last row began.
  std::uint64_t heard_ = 0;
  /// When they had last heard more.
  std::chrono::steady_clock::time_point heard_at_;
};

}  // namespace innkeeper::transport
