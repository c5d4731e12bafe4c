#pragma once

#include <caf/execution_unit.hpp>
#include <caf/local_actor.hpp>
#include <caf/resumable.hpp>
#include <cstddef>
#include <functional>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/fifo.hpp"

/// An object's mailbox for messages from its directory; other messages use CAF's mailbox. Directory
/// and object live on one loop. So a message needs no allocation of its own and no atomic
/// operations, and taking one skips CAF's queues. The loop runs the inbox as a job of its own. On
/// its owner's loop.
namespace innkeeper::durable {

class inbox final : public caf::resumable {
 public:
  /// `take` is called for each message in order of arrival, never from within `put`, and must not
  /// throw. With a null home CAF's scheduler chooses, as in tests.
  inbox(caf::local_actor& owner, caf::execution_unit* home,
        std::function<void(object_message&)> take);

  void put(object_message&& message);
  /// Takes the first message now, if there is one.
  void take_first();
  /// Takes all waiting messages now.
  void take_all();

  resume_result resume(caf::execution_unit* unit, std::size_t max_messages) override;
  void intrusive_ptr_add_ref_impl() override;
  void intrusive_ptr_release_impl() override;

 private:
  void take_next();

  caf::local_actor& owner_;
  caf::execution_unit* home_;
  std::function<void(object_message&)> take_;
  fifo<object_message> waiting_;
  /// The job is scheduled.
  bool to_be_run_ = false;
};

}  // namespace innkeeper::durable
