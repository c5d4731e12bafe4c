#pragma once

#include <boost/asio/signal_set.hpp>
#include <functional>
#include <future>
#include <memory>

#include "transport/loop.hpp"

/// SIGTERM and SIGINT, caught from the moment this is made. The signal arrives on the loop; wait()
/// is for the thread that runs the server.
namespace innkeeper::transport {

class stop_signal {
 public:
  explicit stop_signal(loop& on);

  /// Blocks; gives the signal's number. Once only.
  int wait();

 private:
  std::shared_ptr<std::promise<int>> arrived_ = std::make_shared<std::promise<int>>();
  boost::asio::signal_set signals_;
};

/// SIGHUP: calls back, on the loop, each time it comes, for as long as this lives.
class renew_signal {
 public:
  renew_signal(loop& on, std::function<void()> callback);

 private:
  void wait();

  boost::asio::signal_set signals_;
  std::function<void()> callback_;
};

}  // namespace innkeeper::transport
