#include "transport/outbox.hpp"

#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <future>

#include "transport/loop.hpp"

namespace innkeeper::transport {
namespace {

/// A loop that runs, and a connection on it.
class running_loop {
 public:
  running_loop() {
    loop_.start([] {}, [] {});
  }
  ~running_loop() { loop_.stop(); }
  running_loop(const running_loop&) = delete;
  running_loop& operator=(const running_loop&) = delete;

  loop& get() { return loop_; }

  /// Within one turn; returns when it has been done.
  void run(const std::function<void()>& what) {
    std::promise<void> done;
    boost::asio::post(loop_.io(), [&] {
      what();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  loop loop_{system_, 0, 100};
};

TEST_CASE("an outbox that ends in the turn in which it was flushed is forgotten by its loop") {
  running_loop loop;
  loop.run([&] {
    const auto out = std::make_shared<outbox>(loop.get(), tcp_socket(loop.get().io()), 0);
    out->append_frame(proto::frame("a farewell"));
    out->flush();
  });
  loop.run([] {});  // a turn later nothing has gone wrong, which AddressSanitizer would see
}

}  // namespace
}  // namespace innkeeper::transport
