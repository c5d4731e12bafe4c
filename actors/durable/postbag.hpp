#pragma once

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>
#include <mutex>
#include <utility>
#include <vector>

/// Values that come to one actor from many, in great numbers: all that has gathered by the time it
/// is the actor's turn takes one message of CAF's instead of one each, and stays in order.
namespace innkeeper::durable {

/// To a postbag's owner, which has one: there is something in it.
struct post_waits {};

/// Any thread. Holds its owner, which lets go of it in on_exit.
template <class Item>
class postbag {
 public:
  explicit postbag(caf::actor owner) : owner_(std::move(owner)) {}

  void put(Item item) {
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      first = items_.empty();
      items_.push_back(std::move(item));
    }
    if (first) caf::anon_send(owner_, post_waits{});
  }

  /// The owner's: everything so far, the earliest first.
  std::vector<Item> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(items_, {});
  }

 private:
  caf::actor owner_;
  std::mutex mutex_;
  std::vector<Item> items_;
};

}  // namespace innkeeper::durable

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::post_waits)
