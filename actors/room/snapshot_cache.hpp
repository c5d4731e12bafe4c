#pragma once

#include <string>
#include <unordered_map>

#include "proto/frame.hpp"

/// The frames that tell those who subscribe what polls and counters say at present. Made when first
/// asked for and shared by all who ask until the state changes: a room may have 20 MB of them, and
/// anybody may ask again and again. No I/O. On the room's loop.
namespace innkeeper::room {

class snapshot_cache {
 public:
  /// `encode` gives the payload if there is no frame yet.
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
