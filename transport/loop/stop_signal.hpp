#pragma once

#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>

#include "transport/loop/loop.hpp"

/// SIGTERM and SIGINT, caught from the moment this is made. The signal arrives on the loop;
/// wait_for() is for the thread that runs the server.
namespace innkeeper::transport {

class stop_signal {
 public:
  explicit stop_signal(loop& on);

  /// Blocks for so long at most; gives the signal's number if it came, once only.
  std::optional<int> wait_for(std::chrono::milliseconds time);

 private:
  std::shared_ptr<std::promise<int>> arrived_ = std::make_shared<std::promise<int>>();
  std::future<int> number_ = arrived_->get_future();
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
