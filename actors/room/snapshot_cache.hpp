#pragma once

#include <string>
#include <unordered_map>

#include "proto/frame.hpp"

/// The frames with the current values of polls and counters for new subscribers. Each is made on
/// first use and shared until its state changes. A room may have 20 MB of them, and clients may ask
/// repeatedly. No I/O. On the room's loop.
namespace innkeeper::room {

class snapshot_cache {
 public:
  /// `encode` makes the payload if there is no frame yet.
  template <class Encode>
  const proto::frame& of(const std::string& state, const Encode& encode) {
    const auto [kept, is_new] = frames_.try_emplace(state);
    if (is_new) kept->second = proto::frame::first_value(encode(), state);
    return kept->second;
  }

  void changed(const std::string& state) {
    if (!frames_.empty()) frames_.erase(state);
  }

 private:
  std::unordered_map<std::string, proto::frame> frames_;
};

}  // namespace innkeeper::room
