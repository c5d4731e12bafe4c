#pragma once

#include <memory>
#include <mutex>
#include <utility>

/// A setting that may be replaced while the server runs. Readers keep their value as long as they
/// need it. Each read takes a lock: for handshakes and logins, not for messages.
/// (std::atomic<std::shared_ptr> of g++ 12 has a lock too, one that ThreadSanitizer does not see.)
/// Any thread.
namespace innkeeper::proto {

template <class T>
class replaceable {
 public:
  replaceable() = default;
  explicit replaceable(T value) : value_(std::make_shared<const T>(std::move(value))) {}

  /// Never null.
  std::shared_ptr<const T> current() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

  void replace(T value) {
    auto made = std::make_shared<const T>(std::move(value));
    const std::lock_guard lock(mutex_);
    value_.swap(made);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_ = std::make_shared<const T>();
};

}  // namespace innkeeper::proto
