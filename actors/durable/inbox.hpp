#pragma once

#include <caf/execution_unit.hpp>
#include <caf/local_actor.hpp>
#include <caf/resumable.hpp>
#include <cstddef>
#include <functional>

#include "actors/durable/durable_object.hpp"
#include "actors/durable/fifo.hpp"

/// An object's mailbox for what its directory hands it, beside CAF's for all else: both live on one
/// loop, so that a message needs neither memory of its own nor atomic operations, and one at a time
/// is taken out without a look at the queues that CAF's mailbox is made of. The loop runs it as a
/// job of its own. On its owner's loop.
namespace innkeeper::durable {

class inbox final : public caf::resumable {
 public:
  /// `take` is called for each message in the order of arrival, never from within `put`, and may
  /// not throw. A null home lets CAF's scheduler choose, as in tests.
  inbox(caf::local_actor& owner, caf::execution_unit* home,
        std::function<void(object_message&)> take);

  void put(object_message&& message);
  /// Has the first taken now, if there is one.
  void take_first();
  /// Has everything taken that is in it, now.
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
  /// The loop has been given the job.
  bool to_be_run_ = false;
};

}  // namespace innkeeper::durable
