#pragma once

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>
#include <mutex>
#include <utility>
#include <vector>

/// A mailbox for many small values to one actor. All values that gather before the actor's turn
/// take a single CAF message, and keep their order. Unbounded by itself; bounded by its producers'
/// in-flight limits.
namespace innkeeper::durable {

/// To the mailbox's owner: the mailbox has become non-empty.
struct batch_ready {};

/// Replaces the mutex where all producers live on the owner's loop.
struct no_mutex {
  void lock() {}
  void unlock() {}
};

/// Any thread may put if it has a mutex. It keeps its owner alive until the owner closes it.
template <class Item, class Mutex = std::mutex>
class batch_mailbox {
 public:
  explicit batch_mailbox(caf::actor owner) : owner_(std::move(owner)) {}

  void put(Item item) {
    caf::actor told;
    {
      const std::lock_guard lock(mutex_);
      if (!owner_) return;
      if (items_.empty()) told = owner_;
      items_.push_back(std::move(item));
    }
    if (told) caf::anon_send(told, batch_ready{});
  }

  /// For the owner: takes all values, the earliest first.
  std::vector<Item> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(items_, {});
  }

  /// For the owner, when it ends: drops all values, present and future.
  void close() {
    std::vector<Item> dropped;
    caf::actor owner;
    const std::lock_guard lock(mutex_);
    dropped.swap(items_);
    std::swap(owner, owner_);
  }

 private:
  Mutex mutex_;
  caf::actor owner_;
  std::vector<Item> items_;
};

template <class Item>
using home_batch_mailbox = batch_mailbox<Item, no_mutex>;

}  // namespace innkeeper::durable

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(innkeeper::durable::batch_ready)
