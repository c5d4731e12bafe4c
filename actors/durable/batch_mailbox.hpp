#pragma once

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>
#include <mutex>
#include <utility>
#include <vector>

/// Values that come to one actor from many, in great numbers: all that has gathered by the time it
/// is the actor's turn takes one message of CAF's instead of one each, and stays in order. As
/// little bounded as a mailbox: what bounds it is how much may be under way of what fills it.
namespace innkeeper::durable {

/// To a batch mailbox's owner, which has one: there is something in it.
struct batch_ready {};

/// In a mutex's place where whoever puts something in lives on its owner's loop.
struct no_mutex {
  void lock() {}
  void unlock() {}
};

/// Any thread, if it has a mutex. Holds its owner, until that closes it.
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

  /// The owner's: everything so far, the earliest first.
  std::vector<Item> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(items_, {});
  }

  /// The owner ends: what is in it and what is put into it goes nowhere.
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
