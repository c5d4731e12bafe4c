#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/detail/simple_actor_clock.hpp>
#include <functional>

/// CAF's clock on an Asio timer: delayed messages and timeouts without a thread of their own. Any
/// thread may call it; the work is done on one loop.
namespace innkeeper::transport {

class loop;

class loop_clock final : public caf::detail::simple_actor_clock {
 public:
  explicit loop_clock(loop& home);

  /// On a loop that of its turn.
  time_point now() const noexcept override;
  void set_ordinary_timeout(time_point due, caf::abstract_actor* actor, caf::atom_value type,
                            uint64_t id) override;
  void set_request_timeout(time_point due, caf::abstract_actor* actor, caf::message_id id) override;
  void set_multi_timeout(time_point due, caf::abstract_actor* actor, caf::atom_value type,
                         uint64_t id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* actor, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* actor, caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* actor) override;
  void schedule_message(time_point due, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point due, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

 private:
  template <class F>
  void on_loop(F change);
  void arm();

  loop& home_;
  boost::asio::steady_timer timer_;
  bool armed_ = false;
  /// Looking for what is due, which the turn's time may have been read before.
  bool triggering_ = false;
  time_point armed_for_;
};

}  // namespace innkeeper::transport
