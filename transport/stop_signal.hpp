#pragma once

#include <boost/asio/signal_set.hpp>
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

}  // namespace innkeeper::transport
