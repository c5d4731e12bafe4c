#pragma once

#include <cstddef>
#include <utility>
#include <vector>

/// What waits in order, for awake objects: there are many, and in most of them nothing waits, so
/// that this takes no memory while it has never held anything, unlike std::deque, and none for each
/// item apart, unlike std::list. A value.
namespace innkeeper::durable {

template <class Item>
class fifo {
 public:
  bool empty() const { return first_ == items_.size(); }
  std::size_t size() const { return items_.size() - first_; }

  Item& front() { return items_[first_]; }
  Item& back() { return items_.back(); }
  /// The one that `place` others are ahead of.
  Item& operator[](std::size_t place) { return items_[first_ + place]; }

  /// For so many it has memory.
  std::size_t capacity() const { return items_.capacity(); }

  void push_back(Item item) { items_.push_back(std::move(item)); }

  /// Ahead of all others. Costs nothing behind a pop_front().
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
      // At least as many have left as have to be moved.
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
  /// Whoever has held more gives the memory back.
  static constexpr std::size_t kept_max = 64;

  std::vector<Item> items_;
  /// Those before it have left.
  std::size_t first_ = 0;
};

}  // namespace innkeeper::durable
