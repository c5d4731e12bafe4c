#pragma once

#include <cstddef>
#include <utility>
#include <vector>

/// A queue for awake objects. There are many of them, and most queues stay empty. Unlike std::deque
/// it takes no memory before the first item; unlike std::list it needs no allocation per item. A
/// value.
namespace innkeeper::durable {

template <class Item>
class fifo {
 public:
  bool empty() const { return first_ == items_.size(); }
  std::size_t size() const { return items_.size() - first_; }

  Item& front() { return items_[first_]; }
  Item& back() { return items_.back(); }
  /// The item at index `place`, counted from the front.
  Item& operator[](std::size_t place) { return items_[first_ + place]; }

  /// Number of items that fit without an allocation.
  std::size_t capacity() const { return items_.capacity(); }

  void push_back(Item item) { items_.push_back(std::move(item)); }

  /// Puts the item in front of all others. Takes constant time right after a pop_front().
  void push_front(Item item) {
    if (first_ > 0) {
      items_[--first_] = std::move(item);
    } else {
      items_.insert(items_.begin(), std::move(item));
    }
  }

  Item pop_front() {
    auto item = std::move(items_[first_++]);
    if (empty()) {
      clear();
    } else if (first_ > items_.size() / 2) {
      // More items have left than have to be moved.
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
    return item;
  }

  void clear() {
    first_ = 0;
    items_.clear();
    if (items_.capacity() > kept_max) items_.shrink_to_fit();
  }

 private:
  /// A queue that held more returns the memory when it becomes empty.
  static constexpr std::size_t kept_max = 64;

  std::vector<Item> items_;
  /// Items before this index have been popped.
  std::size_t first_ = 0;
};

}  // namespace innkeeper::durable
